"""Everything that happens, in the past tense: one frozen class a fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sigma_engine.domain.account import Drill, Standing
from sigma_engine.domain.calibration import CalibrationReport
from sigma_engine.domain.candle import Candle
from sigma_engine.domain.chat import ChatMessage
from sigma_engine.domain.decision import Decision
from sigma_engine.domain.feed_way import FeedWay
from sigma_engine.domain.order import Fill, Order
from sigma_engine.domain.portfolio import EquityPoint, Portfolio
from sigma_engine.domain.position import Position, Trade
from sigma_engine.domain.run import RunStatus
from sigma_engine.domain.signal import Signal
from sigma_engine.domain.venue import ExternalPosition, VenueBill


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at ``at_ms``, market time, UTC milliseconds."""

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChanged(Event):
    """The run started, paused, stopped, ended or failed; ``reason`` says why in words."""

    status: RunStatus
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBegan(Event):
    """Another run with a fresh account took over; whoever watches begins anew from a snapshot."""

    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyChanged(Event):
    """Another strategy decides from here on."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChanged(Event):
    """The prices of some market come another way than before; ``ways`` has every symbol. Not stored."""

    ways: Mapping[str, FeedWay]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChanged(Event):
    """A price arrived; ``forming`` is the candle so far. Not stored: the candle will be."""

    symbol: str
    price: float
    forming: Candle


@dataclass(frozen=True, slots=True, kw_only=True)
class CandleClosed(Event):
    """A candle is complete."""

    symbol: str
    candle: Candle


@dataclass(frozen=True, slots=True, kw_only=True)
class CandleRejected(Event):
    """A candle was not fit to decide on; ``reason`` says what was wrong and what was done."""

    symbol: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandleRevised(Event):
    """The market tells a closed candle otherwise than when it was decided on; it is kept, nothing is decided again."""

    symbol: str
    candle: Candle


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalPreviewed(Event):
    """The readings on a forming candle, for the eye only."""

    signal: Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade(Event):
    """A closed candle was decided on."""

    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationMeasured(Event):
    """Another forecast fell due, and the record of its kind was scored anew."""

    report: CalibrationReport


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSubmitted(Event):
    """An order was journaled and is sent."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(Event):
    """What is known of an order at the exchange changed: it was taken, or nobody knows, or it never arrived."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilled(Event):
    """An order was executed; ``order`` is it in its final state."""

    fill: Fill
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRejected(Event):
    """An order was refused; ``order.refusal`` says why."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Event):
    """An order that waited is not needed any more; ``order.refusal`` says why."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionOpened(Event):
    """A position exists."""

    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionChanged(Event):
    """Its stop moved, or funding was paid."""

    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionClosed(Event):
    """It is gone; ``trade`` is what it came to."""

    trade: Trade


@dataclass(frozen=True, slots=True, kw_only=True)
class BillBooked(Event):
    """The exchange moved the wallet for something else than an execution, and the ledger followed."""

    bill: VenueBill


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalsChanged(Event):
    """All the account holds that SIGMA did not open, by symbol, in place of what was known before."""

    externals: tuple[ExternalPosition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChanged(Event):
    """The account may do more, or less, than before."""

    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitchPressed(Event):
    """The kill switch was pressed, and this is how long it took."""

    drill: Drill


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioChanged(Event):
    """The account's figures moved: after fills, funding and at closes."""

    portfolio: Portfolio


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityRecorded(Event):
    """A point of the equity curve was added."""

    point: EquityPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAnswered(Event):
    """The person or the assistant said something."""

    message: ChatMessage


class Severity(StrEnum):
    """How much an alert matters."""

    INFORMATION = "information"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised(Event):
    """Something a person should read."""

    severity: Severity
    text: str
