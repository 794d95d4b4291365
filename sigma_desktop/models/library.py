"""The runs of the laboratory as rows of a table, newest first, some of them ticked to be compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from sigma_desktop.models.cells import Cell, Column, Kind, toned
from sigma_desktop.models.figures import UNDEFINED
from sigma_desktop.models.story import story
from sigma_desktop.models.verdict import chip, period, symbols_of
from sigma_desktop.theme.format import day_time, money, percent
from sigma_desktop.theme.tokens import Token
from sigma_engine import TrialSummary, short, source_title

FEWEST, MOST = 2, 6
"""How many runs can be compared."""
ADD_NOTE = "Add a note"


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A stored run, and whether it is ticked."""

    summary: TrialSummary
    ticked: bool = False


def rows(summaries: Sequence[TrialSummary], ticked: Sequence[str]) -> list[KeptRun]:
    """The runs as given, those of the ids ``ticked`` with a tick."""
    return [KeptRun(summary, summary.trial_id in ticked) for summary in summaries]


def counted(summaries: Sequence[TrialSummary]) -> str:
    """``12 runs in 3 families``."""
    families = len({summary.family for summary in summaries})
    return f"{_many(len(summaries), 'run', 'runs')} in {_many(families, 'family', 'families')}"


def family_words(summary: TrialSummary, summaries: Sequence[TrialSummary]) -> str:
    """Which trial the run was and how many of its family are kept."""
    kept = sum(other.family == summary.family for other in summaries)
    return f"Trial {summary.number} · family {summary.family}, {_many(kept, 'run', 'runs')} of it here"


def compare_words(ticked: int) -> str:
    """What the button that compares says."""
    return f"Compare {ticked} runs" if ticked >= FEWEST else "Compare"


def compare_tip(ticked: int) -> str:
    """Why comparing can or cannot be had."""
    if ticked < FEWEST:
        return f"Tick {FEWEST} to {MOST} runs to set them side by side"
    return (
        f"At most {MOST} runs stand side by side; untick some" if ticked > MOST else "Set the ticked runs side by side"
    )


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _tick(row: KeptRun) -> Cell:
    token = Token.ACCENT if row.ticked else Token.T2
    return Cell("checkbox-marked" if row.ticked else "checkbox-blank-outline", token, Kind.ICON)


def _return(row: KeptRun) -> Cell:
    value = row.summary.total_return_pct
    return Cell(percent(value / 100, 2, signed=True), toned(value), bold=True)


def _fall_pct(row: KeptRun) -> float:
    return -abs(row.summary.max_drawdown_pct)


def _ratio(value: float | None) -> Cell:
    return Cell(UNDEFINED, Token.T2) if value is None else Cell(money(value), Token.T1)


def _factor(row: KeptRun) -> Cell:
    return _ratio(row.summary.profit_factor)


def _note(row: KeptRun) -> Cell:
    note = row.summary.note
    return Cell(note, Token.T0) if note else Cell(ADD_NOTE, Token.T2, italic=True)


def _period(row: KeptRun) -> Cell:
    return Cell(period(row.summary.from_ms, row.summary.to_ms), Token.T1)


COLUMNS: tuple[Column[KeptRun], ...] = (
    Column("", _tick, lambda row: not row.ticked, 34, 0, explanation="Tick runs to compare them"),
    Column("#", lambda row: Cell(str(row.summary.number), Token.T2), lambda row: row.summary.number, 38, 0),
    Column(
        "Run at",
        lambda row: Cell(day_time(row.summary.created_ms), Token.T1),
        lambda row: row.summary.created_ms,
        92,
        0,
        rank=5,
    ),
    Column(
        "Strategy", lambda row: Cell(row.summary.strategy, bold=True), lambda row: row.summary.strategy.lower(), 120, 3
    ),
    Column(
        "Markets",
        lambda row: Cell(f"{row.summary.timeframe} {symbols_of(row.summary.symbols)}"),
        lambda row: symbols_of(row.summary.symbols),
        140,
        3,
        rank=3,
    ),
    Column("Time", _period, lambda row: row.summary.from_ms, 150, 2, rank=4),
    Column("Trades", lambda row: Cell(f"{row.summary.trades:,}"), lambda row: row.summary.trades, 56, 0, True, 2),
    Column("Return", _return, lambda row: row.summary.total_return_pct, 74, 1, True),
    Column("Drawdown", lambda row: Cell(percent(_fall_pct(row) / 100, 2), Token.T1), _fall_pct, 78, 1, True, 2),
    Column("Sharpe", lambda row: _ratio(row.summary.sharpe), lambda row: row.summary.sharpe, 60, 1, True, 1),
    Column(
        "Factor", lambda row: _ratio(row.summary.profit_factor), lambda row: row.summary.profit_factor, 56, 1, True, 3
    ),
    Column("Verdict", lambda row: chip(row.summary.luck), lambda row: row.summary.luck.value, 72, 0),
    Column("Note", _note, lambda row: row.summary.note or None, 120, 5, explanation="Press a note to write it"),
)
TICK, NOTE = 0, len(COLUMNS) - 1
"""Where the tick and the note stand."""


def key(row: KeptRun) -> str:
    """Runs have ids."""
    return row.summary.trial_id


def tell(row: KeptRun) -> str:
    """A run in full, for its tooltip."""
    summary = row.summary
    facts = (
        ("Family", summary.family),
        ("Markets", ", ".join(map(short, summary.symbols))),
        ("Candles", f"{summary.timeframe}, from {source_title(summary.source)}"),
        ("Time", period(summary.from_ms, summary.to_ms)),
        ("Run by", f"the {summary.engine} engine, {day_time(summary.created_ms)}"),
        ("Data", f"{summary.data_hash[:12]}…"),
    )
    return story(f"{summary.number} · {summary.strategy}", facts, "Equal data have equal marks, bit for bit.")
