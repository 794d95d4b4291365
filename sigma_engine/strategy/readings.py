"""The sixteen indicators of one candle as readings: what each shows, how it votes, what its vote weighs."""

from collections.abc import Sequence

from sigma_engine.domain.signal import Phase, Reading
from sigma_engine.strategy.expression import Row
from sigma_engine.strategy.fusion import SCALES, VOTES, Vote

_PHASES = tuple(Phase)
_ROWS: tuple[tuple[int | None, Vote], ...] = (*enumerate(VOTES), *((None, scale) for scale in SCALES))
_ORDERED = tuple(sorted(_ROWS, key=lambda row: _PHASES.index(row[1].phase)))


def readings(now: Row, votes: Sequence[float], weights: Sequence[float]) -> tuple[Reading, ...]:
    """The readings in the order of the phases.

    ``votes`` and ``weights`` (those of the present regime) stand in the order of `VOTES`.
    """
    return tuple(
        Reading(
            row.title,
            row.phase,
            tuple([(text, now[text]) for text in row.operands]),
            None if at is None else votes[at],
            0.0 if at is None else weights[at],
        )
        for at, row in _ORDERED
    )
