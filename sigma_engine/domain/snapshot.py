"""The whole state of a session at one instant, to begin watching from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sigma_engine.domain.account import FREE, Drill, Standing
from sigma_engine.domain.calibration import CalibrationReport
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.chat import ChatMessage
from sigma_engine.domain.decision import Decision
from sigma_engine.domain.feed_way import FeedWay
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.portfolio import EquityPoint, Portfolio
from sigma_engine.domain.position import Trade
from sigma_engine.domain.run import Funds, Mode, RunStatus
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.domain.venue import ExternalPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a window needs to draw itself before the first event reaches it; all sequences oldest first.

    ``decisions`` holds the newest decision of each symbol. ``strategies`` are the names that `UseStrategy` knows.
    ``calibration`` has one report a symbol, once its forecasts were scored.

    ``venue`` is the exchange's title, empty for a demo or a replay. ``funds`` None: simulated, or real in live mode.
    Where ``protects`` is false the exchange takes no stops, so that positions are guarded from here alone.
    ``drill`` is the last press of the kill switch, ``externals`` what the account holds that SIGMA did not open.
    ``ways`` says how each symbol's prices come, once an exchange's do.
    """

    run_id: str
    mode: Mode
    status: RunStatus
    reason: str
    strategy_name: str
    strategies: tuple[str, ...]
    symbols: tuple[str, ...]
    timeframe: Timeframe
    instruments: Mapping[str, Instrument]
    market_ms: int
    portfolio: Portfolio
    candles: Mapping[str, Candles]
    forming: Mapping[str, Candle]
    decisions: tuple[Decision, ...]
    trades: tuple[Trade, ...]
    equity: tuple[EquityPoint, ...]
    chat: tuple[ChatMessage, ...]
    calibration: tuple[CalibrationReport, ...] = ()
    standing: Standing = FREE
    drill: Drill | None = None
    venue: str = ""
    funds: Funds | None = None
    protects: bool = True
    externals: tuple[ExternalPosition, ...] = ()
    ways: Mapping[str, FeedWay] = field(default_factory=dict)
