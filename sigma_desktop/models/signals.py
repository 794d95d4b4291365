"""The newest decision of each market as a row: what the candle said, how surely, and what came of it."""

from dataclasses import dataclass, replace

from sigma_desktop.models.cells import Cell, Column, Kind
from sigma_desktop.models.story import story
from sigma_desktop.theme.format import NOTHING, clock_time, percent
from sigma_desktop.theme.tokens import Token
from sigma_engine import Action, Approved, Decision, NoTrade, Signal, Vetoed, short

OPEN_ICON = "chevron-right"
_TOKENS = {Action.BUY: Token.UP, Action.SELL: Token.DOWN, Action.WAIT: Token.T1}


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A market with its newest decision and what its forming candle says, each None until there is one."""

    symbol: str
    decision: Decision | None
    preview: Signal | None


def action_cell(action: Action) -> Cell:
    """BUY, SELL or WAIT on its colour."""
    return Cell(action.value, _TOKENS[action], Kind.PILL)


def outcome(decision: Decision) -> Cell:
    """What came of the signal, in a few words."""
    match decision:
        case Approved(plan=plan):
            return Cell(f"entering {plan.side.value}", _TOKENS[decision.signal.action], bold=True)
        case Vetoed(vetoes=vetoes):
            return Cell(f"{vetoes[0].reason if vetoes else decision.reason}", Token.WARN)
        case NoTrade() if decision.signal.action is not Action.WAIT:
            return Cell(f"not taken: {decision.reason}", Token.T1)
    return Cell(_lacking(decision.signal) or decision.reason, Token.T2)


def _lacking(signal: Signal) -> str:
    """What the leading side lacks to be a signal; empty where conditions decide instead of scores."""
    if signal.threshold is None:
        return ""
    leads, score = (
        ("long", signal.long_score) if signal.long_score >= signal.short_score else ("short", signal.short_score)
    )
    if score >= signal.threshold:
        return f"{leads}, leads too little"
    return f"{leads}, needs {percent(signal.threshold, 0)}"


def _time(row: SignalRow) -> Cell:
    return Cell(clock_time(row.decision.signal.at_ms)[:5] if row.decision else NOTHING, Token.T1)


def _action(row: SignalRow) -> Cell:
    return action_cell(row.decision.signal.action) if row.decision else Cell()


def _confidence(row: SignalRow) -> Cell:
    if row.decision is None:
        return Cell()
    confidence = row.decision.signal.confidence
    ghost = row.preview.confidence if row.preview else None
    text = percent(confidence, 0)
    return Cell(text, Token.ACCENT, Kind.BAR, below_token=Token.T1, fill=confidence, ghost=ghost)


def _forming(row: SignalRow) -> Cell:
    if row.preview is None:
        return Cell()
    return Cell(f"{row.preview.action.value} {percent(row.preview.confidence, 0)}", Token.T2, italic=True)


def _outcome(row: SignalRow) -> Cell:
    cell = outcome(row.decision) if row.decision else Cell("waits for the next candle", Token.T2)
    return replace(cell, wraps=True)


def _at_ms(row: SignalRow) -> float | None:
    return row.decision.signal.at_ms if row.decision else None


def _sureness(row: SignalRow) -> float | None:
    return row.decision.signal.confidence if row.decision else None


COLUMNS: tuple[Column[SignalRow], ...] = (
    Column("Time", _time, _at_ms, 52, 0, rank=3, explanation="When the candle closed, UTC"),
    Column("Symbol", lambda row: Cell(short(row.symbol), bold=True), lambda row: row.symbol, 76, 1),
    Column("Signal", _action, lambda row: row.decision.signal.action.value if row.decision else None, 50, 0),
    Column(
        "Confidence",
        _confidence,
        _sureness,
        73,
        1,
        rank=1,
        explanation="The winning side's score, 0 to 100%; the paler mark is what the forming candle says",
    ),
    Column("Forming", _forming, None, 140, 0, rank=4, explanation="What the unfinished candle would say; never traded"),
    Column("Outcome", _outcome, None, 76, 12, explanation="What came of the signal and why"),
    Column("", lambda row: Cell(OPEN_ICON, Token.T2, Kind.ICON), None, 24, 0, explanation="Show why"),
)


def key(row: SignalRow) -> str:
    """One row a market."""
    return row.symbol


def tell(row: SignalRow) -> str:
    """The whole story of a decision, for its tooltip."""
    if row.decision is None:
        return story(short(row.symbol), (), "Nothing is decided yet: SIGMA decides when a candle closes.")
    signal = row.decision.signal
    facts = (
        ("Candle closed", f"{clock_time(signal.at_ms)} UTC"),
        ("Long and short score", f"{signal.long_score:.2f} and {signal.short_score:.2f}"),
        ("Regime", signal.regime.value),
        ("Outcome", row.decision.outcome),
        ("Forming candle", _forming(row).text),
    )
    return story(f"{short(row.symbol)} {signal.action.value}", facts, f"{row.decision.reason}. Enter shows why.")
