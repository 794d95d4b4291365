"""The look-ahead check: a strategy that cannot see the future does the same when there is none."""

from collections.abc import Iterator
from itertools import zip_longest

import numpy as np

from sigma_engine.backtest.setup import Outcome, Setup, Watch
from sigma_engine.domain.backtest import Check
from sigma_engine.domain.order import ExitReason
from sigma_engine.domain.position import Trade
from sigma_engine.laboratory.span import all_times, moment
from sigma_engine.laboratory.variants import difference, ended_at, part_of, spread
from sigma_engine.laboratory.workbench import RunEngine

NAME = "look-ahead"
CUTS = 5
_ORDERED = (ExitReason.SIGNAL, ExitReason.TIME)
"""Exits that were decided at the close before they were filled."""


def check_look_ahead(setup: Setup, run: RunEngine, watch: Watch) -> Check:
    """Run ``setup`` whole and with its data cut off at `CUTS` of its entries and exits each; compare all until then.

    Of the candle at a cut only the open is left: what was decided at the close before is filled there, and even a
    look one candle ahead shows. Blocks. Trades closed before a cut must be equal in every field, those closed or
    entered by an order at its open too, and the account at every close. Raises `Cancelled` where ``watch`` says no.
    """
    whole = run(setup, part_of(watch, 0, 2 * CUTS + 1))
    cuts = _cuts(setup, whole)
    runs = len(cuts) + 1
    found: list[tuple[int, str | None, int]] = []
    for number, cut_ms in enumerate(cuts, 1):
        cut = run(ended_at(setup, cut_ms), part_of(watch, number, runs))
        found.append((cut_ms, next(_differences(whole, cut, cut_ms), None), len(_closed(whole, cut_ms))))
    return _check(found)


def _cuts(setup: Setup, whole: Outcome) -> list[int]:
    """Open times at which a look at the next candles must show: those of entries, and of exits.

    Without trades they are spread over the time traded.
    """
    times = all_times(setup.series)
    last_ms, interval_ms = int(times[-1]), setup.timeframe.interval_ms
    moved = ({trade.entry_ms for trade in whole.trades}, {trade.exit_ms for trade in whole.trades})
    opens = [sorted({at_ms // interval_ms * interval_ms for at_ms in moments}) for moments in moved]
    inside = [[at_ms for at_ms in moments if at_ms <= last_ms] for moments in opens]
    if not any(inside):
        inside = [times[times > setup.first_ms].tolist()]
    return sorted({cut_ms for moments in inside for cut_ms in spread(CUTS, moments)})


def _differences(whole: Outcome, cut: Outcome, cut_ms: int) -> Iterator[str]:
    """What was decided before ``cut_ms`` in one run and not in the other, in words."""
    for expected, found in zip_longest(_closed(whole, cut_ms), _closed(cut, cut_ms)):
        if expected is None or found is None:
            yield f"{_told(expected or found)} was closed in one of the two runs only"
        elif (text := difference(expected, found)) is not None:
            yield text
    for symbol, *_ in sorted(_entries(whole, cut_ms) ^ _entries(cut, cut_ms), key=str):
        yield f"{symbol} was entered in one of the two runs only, or otherwise"
    yield from _equity_differences(whole, cut, cut_ms)


def _equity_differences(whole: Outcome, cut: Outcome, cut_ms: int) -> Iterator[str]:
    before, others = whole.times <= cut_ms, cut.times <= cut_ms
    same = np.array_equal(whole.times[before], cut.times[others])
    if not same or not np.array_equal(whole.equity[before], cut.equity[others], equal_nan=True):
        yield "the account's equity differs"


def _closed(outcome: Outcome, cut_ms: int) -> list[Trade]:
    return [trade for trade in outcome.trades if _is_closed(trade, cut_ms)]


def _is_closed(trade: Trade, cut_ms: int) -> bool:
    return trade.exit_ms < cut_ms or (trade.exit_ms == cut_ms and trade.reason in _ORDERED)


def _entries(outcome: Outcome, cut_ms: int) -> set[tuple[object, ...]]:
    entered = (trade for trade in outcome.trades if trade.entry_ms <= cut_ms)
    return {(t.symbol, t.side, t.entry_ms, t.entry_price, t.quantity, t.leverage, t.entry_reason) for t in entered}


def _told(trade: Trade | None) -> str:
    assert trade is not None, "one of two that were paired is there"
    return f"the {trade.side} trade in {trade.symbol} from {moment(trade.entry_ms)}"


def _check(found: list[tuple[int, str | None, int]]) -> Check:
    details = tuple(
        f"cut at {moment(cut_ms)}: {text or f'{trades} closed trades and the account before it are the same'}"
        for cut_ms, text, trades in found
    )
    wrong = sum(text is not None for _, text, _ in found)
    if not found:
        return Check(name=NAME, passed=False, text="There is too little data to cut: nothing could be compared.")
    if wrong:
        said = f"Cutting the future off changed what came before at {wrong} of {len(found)} cuts: it saw the future."
        return Check(name=NAME, passed=False, text=said, details=details)
    said = f"Cutting the future off at {len(found)} moments changed nothing that came before: it sees no future."
    return Check(name=NAME, passed=True, text=said, details=details)
