"""Why a decision came out as it did: nine phases, their readings and votes, the odds, the gates, the vetoes."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from sigma_desktop.models.cells import Cell, Column, Kind, toned
from sigma_desktop.models.phases import PhaseLine, vote_text
from sigma_desktop.models.story import story
from sigma_desktop.theme.format import NOTHING, money, percent, price, quantity
from sigma_desktop.theme.tokens import Token, minus
from sigma_engine import (
    Action,
    Approved,
    BreakEven,
    Cap,
    Decision,
    Forecast,
    Gate,
    NoTrade,
    Phase,
    Reading,
    Signal,
    TradePlan,
    Trust,
    Vetoed,
)

_GATES_OF = {Phase.PROBABILITY: ("probability", "kelly"), Phase.REWARD_COST: ("edge",)}


class LineKind(Enum):
    """What a line of the explanation is."""

    PHASE = auto()
    VOTE = auto()
    FACT = auto()
    GATE = auto()
    CAP = auto()
    VETO = auto()


@dataclass(frozen=True, slots=True)
class WhyLine:
    """One line; ``vote`` is -1 to +1 or None, ``forming`` what the forming candle votes, ``mark`` a gate's word."""

    kind: LineKind
    name: str
    reading: str = ""
    values: tuple[tuple[str, float], ...] = ()
    vote: float | None = None
    forming: float | None = None
    weight: float = 0.0
    mark: str = ""
    token: Token = Token.T0
    note: str = ""
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Digits:
    """How prices and quantities of a market are written."""

    price: int
    quantity: int


def verdict(decision: Decision, digits: Digits) -> str:
    """The decision in one sentence."""
    action = decision.signal.action
    match decision:
        case Approved(plan=plan):
            return f"Enters {_entry(plan, digits)}: {decision.reason}. {_exits(plan, digits)}."
        case Vetoed(vetoes=vetoes):
            return f"{action.value} refused by safety: {'; '.join(veto.reason for veto in vetoes)}."
    return f"No trade: {decision.reason}." if action is Action.WAIT else f"{action.value} not taken: {decision.reason}."


def _entry(plan: TradePlan, digits: Digits) -> str:
    return f"{plan.side.value} {quantity(plan.quantity, digits.quantity)} at {plan.leverage}×"


def _exits(plan: TradePlan, digits: Digits) -> str:
    target = "no target"
    if plan.target_distance is not None:
        target = f"target {price(plan.target_distance, digits.price)}"
    risk = f"{money(plan.risk)} USDT at risk, sized by {plan.binding_cap}"
    return f"Stop {price(plan.stop_distance, digits.price)} and {target} from the fill, {risk}"


def forming_verdict(signal: Signal) -> str:
    """What the forming candle would say, and that it decides nothing."""
    return f"Still forming, nothing is decided: {signal.reason}."


@dataclass(frozen=True, slots=True)
class Explained:
    """What is explained: a decision, or while it is None the forming candle's ``signal``.

    ``preview`` is what the forming candle says meanwhile, shown beside a decision.
    """

    signal: Signal
    decision: Decision | None
    preview: Signal | None


def lines(explained: Explained, phases: Sequence[PhaseLine], digits: Digits) -> tuple[WhyLine, ...]:
    """Every line of the explanation, phase by phase."""
    return tuple(_lines(explained, phases, digits))


def _lines(explained: Explained, phases: Sequence[PhaseLine], digits: Digits) -> Iterator[WhyLine]:
    signal, decision, preview = explained.signal, explained.decision, explained.preview
    forming = {reading.name: reading.vote for reading in preview.readings} if preview else {}
    for line in phases:
        phase = line.report.phase
        name = f"{line.number}  {phase.value.capitalize()}"
        yield WhyLine(LineKind.PHASE, name, vote=line.report.vote, preview=signal.preview)
        if phase is Phase.DATA_QUALITY:
            yield _fact("Candle", line.report.reason, Token.T1)
        yield from (_reading(each, forming, signal.preview) for each in signal.readings if each.phase is phase)
        if phase is Phase.PROBABILITY and signal.forecast is not None:
            yield from _odds(signal.forecast, digits)
        if phase is Phase.REWARD_COST and decision is not None and decision.breakeven is not None:
            yield from _balance(decision.breakeven)
        yield from (_gate(gate) for gate in (decision.gates if decision else ()) if _phase_of(gate) is phase)
    if caps := _caps(decision):
        yield WhyLine(LineKind.PHASE, "Size")
        yield from (_cap(cap, _binding(decision), digits) for cap in caps)
    if isinstance(decision, Vetoed):
        yield WhyLine(LineKind.PHASE, "Safety")
        yield from (_veto(decision, at) for at in range(len(decision.vetoes)))


def _counts(reading: Reading) -> bool:
    return reading.vote is not None and reading.vote == reading.vote


def _reading(reading: Reading, forming: dict[str, float | None], preview: bool) -> WhyLine:
    vote = reading.vote if _counts(reading) else None
    told = "scales stops and size, has no vote" if reading.vote is None else "undefined as yet" if vote is None else ""
    return WhyLine(
        LineKind.VOTE,
        reading.name,
        _values(reading.values),
        reading.values,
        vote,
        forming.get(reading.name),
        reading.weight,
        token=toned(vote or 0.0),
        note=told,
        preview=preview,
    )


def _values(values: tuple[tuple[str, float], ...]) -> str:
    if len(values) == 1:
        return figure(values[0][1])
    return " / ".join(figure(value) for _, value in values)


def figure(value: float) -> str:
    """A reading with about four digits that matter; a dash while undefined."""
    if not math.isfinite(value):
        return NOTHING
    size = abs(value)
    return minus(f"{value:,.0f}" if size >= 10_000 else f"{value:,.1f}" if size >= 1000 else f"{value:.4g}")


def _odds(forecast: Forecast, digits: Digits) -> Iterator[WhyLine]:
    bars = f"{forecast.horizon_bars} candles"
    known = forecast.calibrated and forecast.p_up != 0.5
    p_up = f"{percent(forecast.p_up)}{_error(forecast.p_up_error)}"
    measured = f"{p_up} calibrated" if known else f"{p_up}: no edge measured yet"
    yield _fact(f"P(up), {bars}", measured, Token.T0 if known else Token.WARN)
    yield _evidence(forecast)
    yield from _move(forecast, bars)
    simulated = f"{percent(forecast.p_up_paths)} \u00b1{percent(forecast.standard_error)}"
    plain = f"{percent(forecast.p_up_plain)}, simulated {simulated}"
    yield _fact("Plain model", plain, Token.T1, f"{forecast.paths:,} paths; shown for comparison, never traded on")
    yield _fact("Target before stop", _race(forecast), Token.T0, "Touched within the barrier's time, without drift")
    errors = forecast.band_errors or (math.nan,) * len(forecast.bands)
    for (coverage, low, high), error in zip(forecast.bands, errors, strict=True):
        around = f" ±{price(error, digits.price)}" if math.isfinite(error) else ""
        band = f"{price(low, digits.price)} to {price(high, digits.price)}{around}"
        yield _fact(
            f"{percent(coverage, 0)} band",
            band,
            Token.T1,
            f"Where the close lies in {bars}, {percent(coverage, 0)} of the time",
        )
    root = math.sqrt(forecast.horizon_bars)
    spread = f"{percent(forecast.sigma * root, 2)}{_error(forecast.sigma_error * root, 2)}"
    yield _fact(
        "Typical move", f"±{spread} in {bars}", Token.T1, f"One standard deviation by the model {forecast.model}"
    )


def _race(forecast: Forecast) -> str:
    long = f"long {percent(forecast.p_target, 0)}{_error(forecast.p_target_error)} (stop {percent(forecast.p_stop, 0)})"
    short = f"short {percent(forecast.p_target_short, 0)}{_error(forecast.p_target_short_error)}"
    return f"{long}, {short} ({percent(forecast.p_stop_short, 0)})"


def _error(error: float, decimals: int = 1) -> str:
    """A standard error behind its figure; nothing while nobody knows it."""
    return f" ±{percent(error, decimals)}" if math.isfinite(error) else ""


def _evidence(forecast: Forecast) -> WhyLine:
    """How many outcomes stand behind the odds and what their tests came to."""
    token = {Trust.RED: Token.DOWN, Trust.AMBER: Token.WARN}.get(forecast.trust, Token.T1)
    outcomes = "1 outcome" if forecast.matured == 1 else f"{forecast.matured:,} outcomes"
    return _fact("Evidence", f"{outcomes}, {forecast.trust.value}", token, "Matured forecasts that do not overlap")


def _move(forecast: Forecast, bars: str) -> Iterator[WhyLine]:
    """The expected move, where an edge was measured."""
    if forecast.expected_move:
        error = _bp(forecast.expected_move_error)
        around = f" ±{error}" if error != NOTHING else ""
        yield _fact("Expected move", f"{_bp(forecast.expected_move, signed=True)}{around} bp in {bars}", Token.T0)


def _bp(fraction: float, signed: bool = False) -> str:
    return money(fraction * 1e4, signed, 1)


def _balance(even: BreakEven) -> Iterator[WhyLine]:
    """What the trade must overcome: costs, a coin's wins, the wins that are needed and those expected."""
    costs = ", ".join(f"{part.name} {_bp(part.fraction)}" for part in even.parts)
    sources = "; ".join(f"{part.name}: {part.source}" for part in even.parts)
    yield _fact("All-in cost", f"{_bp(even.cost)} bp" + (f" ({costs})" if costs else ""), Token.T0, sources)
    expected = f"{percent(even.expected)}{_error(even.expected_error)}"
    wins = f"a coin {percent(even.coin)}, needed {percent(even.needed)}, expected {expected}"
    token = Token.UP if even.expected - even.needed > 0 else Token.T0
    note = "How often the target is reached before the stop"
    yield _fact("Wins", wins, token, f"{note}; more than 100% needed: no odds can pay the costs.")
    error = f" ±{_bp(even.edge_error)}" if math.isfinite(even.edge_error) else ""
    edge = f"{_bp(even.edge, signed=True)}{error} bp a trade" if math.isfinite(even.edge) else "unknown"
    yield _fact("Expected after costs", edge, toned(even.edge))


def _caps(decision: Decision | None) -> tuple[Cap, ...]:
    match decision:
        case Approved(plan=plan):
            return plan.caps
        case NoTrade(caps=caps):
            return caps
    return ()


def _binding(decision: Decision | None) -> str:
    """The name of the cap that set the size: the plan's own, or where nothing was left the smallest."""
    if isinstance(decision, Approved):
        return decision.plan.binding_cap
    known = {cap.name: cap.quantity for cap in _caps(decision) if cap.applied and cap.quantity is not None}
    return min(known, key=lambda name: known[name]) if known else ""


def _cap(cap: Cap, binding: str, digits: Digits) -> WhyLine:
    """One cap and what it allows; the one that binds, and those that are off, say so."""
    allows = "unknown" if cap.quantity is None else quantity(cap.quantity, digits.quantity)
    mark, token = (
        ("BINDS", Token.ACCENT) if cap.name == binding else ("", Token.T1) if cap.applied else ("OFF", Token.T1)
    )
    reading = f"{allows}, {cap.note}" if cap.note else allows
    note = f"At most {allows}. {cap.note}".strip()
    return WhyLine(LineKind.CAP, cap.name.capitalize(), reading, mark=mark, token=token, note=note)


def _fact(name: str, reading: str, token: Token, note: str = "") -> WhyLine:
    return WhyLine(LineKind.FACT, name, reading, token=token, note=note)


def _phase_of(gate: Gate) -> Phase:
    return next((phase for phase, names in _GATES_OF.items() if gate.name in names), Phase.REWARD_COST)


def _gate(gate: Gate) -> WhyLine:
    word = "PASSED" if gate.passed else "FAILED"
    switched = "It decides." if gate.enabled else f"It is off and decides nothing; it would have {word.lower()}."
    token = (Token.UP if gate.passed else Token.DOWN) if gate.enabled else Token.T1
    note = f"{gate.reason}. Figure {figure(gate.value)}, threshold {figure(gate.threshold)}. {switched}"
    mark = word if gate.enabled else "OFF"
    return WhyLine(LineKind.GATE, f"{gate.name.capitalize()} gate", gate.reason, mark=mark, token=token, note=note)


def _veto(decision: Vetoed, at: int) -> WhyLine:
    veto = decision.vetoes[at]
    name = veto.rule.replace("_", " ").capitalize()
    return WhyLine(LineKind.VETO, name, veto.reason, mark="VETO", token=Token.DOWN, note=f"{veto.layer}: {veto.reason}")


def _name_cell(line: WhyLine) -> Cell:
    if line.kind is LineKind.PHASE:
        return Cell(line.name, Token.T1, Kind.SECTION)
    return Cell(line.name, Token.T1 if line.preview else Token.T0, italic=line.preview)


def _reading_cell(line: WhyLine) -> Cell:
    token = line.token if line.kind is LineKind.FACT else Token.T1
    return Cell(line.reading, token, italic=line.preview)


def _vote_cell(line: WhyLine) -> Cell:
    if line.mark:
        return Cell(line.mark, line.token, Kind.PILL)
    if line.vote is None:
        return Cell()
    text = vote_text(line.vote)
    tone = toned(round(line.vote, 2))
    if line.kind is LineKind.PHASE:
        return Cell(text, tone, bold=True)
    token = tone if line.weight else Token.T2
    return Cell(text, token, Kind.VOTE, fill=line.vote, ghost=line.forming, italic=line.preview)


def _weight_cell(line: WhyLine) -> Cell:
    return Cell(f"×{line.weight:g}" if line.kind is LineKind.VOTE and line.vote is not None else "", Token.T2)


COLUMNS: tuple[Column[WhyLine], ...] = (
    Column("", _name_cell, width=122, stretch=2),
    Column("", _reading_cell, width=96, stretch=4, least=64),
    Column("", _vote_cell, width=122, stretch=2, right=True, least=88),
    Column("", _weight_cell, width=44, stretch=0, right=True),
)


def key(line: WhyLine) -> str:
    """Kinds and names together are unique."""
    return f"{line.kind.name} {line.name}"


def tell(line: WhyLine) -> str:
    """What the line says, in full."""
    facts = [(name, figure(value)) for name, value in line.values]
    if line.kind is LineKind.VOTE and line.vote is not None:
        facts += [
            ("Vote, \u22121 short to +1 long", vote_text(line.vote)),
            ("Weight in this regime", f"{line.weight:g}"),
        ]
    return story(line.name, facts, line.note or (line.reading if line.kind is not LineKind.VOTE else ""))
