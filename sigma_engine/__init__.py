"""SIGMA's engine, its public door: nouns, commands, events and `open_session()`; nothing heavy is imported here."""

import asyncio
import importlib
from typing import TYPE_CHECKING

from sigma_engine.bus import EventBus, Unsubscribe
from sigma_engine.clock import as_datetime, system_ms
from sigma_engine.commands import (
    Accepted,
    Ask,
    CloseAll,
    ClosePosition,
    Command,
    CommandResult,
    LiftHalt,
    PauseEntries,
    PressKillSwitch,
    Refused,
    ResetPaper,
    StartTrading,
    StopTrading,
    UseStrategy,
)
from sigma_engine.domain.account import AccountState, Drill, Standing
from sigma_engine.domain.backtest import (
    BacktestRequest,
    BacktestResult,
    Check,
    CostChoice,
    Defaults,
    Engine,
    Luck,
    Part,
    Progress,
    SlippageModel,
    Timing,
    Trial,
    TrialSummary,
    Verdict,
)
from sigma_engine.domain.calibration import BandScore, CalibrationReport, ReliabilityBin, Trust
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.chat import ChatMessage, Speaker
from sigma_engine.domain.connection import (
    PRACTICE_KEY,
    VENUE_ACCESS,
    ConnectionRequest,
    KeyLine,
    KeyReport,
    KeySource,
    KeyVerdict,
    KnownKeys,
    VenueAccess,
    practice_address,
)
from sigma_engine.domain.decision import (
    Approved,
    BreakEven,
    Cap,
    CostPart,
    Decision,
    Gate,
    NoTrade,
    TradePlan,
    Veto,
    Vetoed,
)
from sigma_engine.domain.feed_way import FeedWay, feed_words
from sigma_engine.domain.fees import VENUE_FEES, VenueFees
from sigma_engine.domain.history import (
    IMPORTED,
    Coverage,
    Downloaded,
    DownloadRequest,
    Gap,
    Series,
    is_generated,
    source_title,
)
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.metrics import METRICS, Curve, MetricInfo, Metrics
from sigma_engine.domain.order import ExitReason, Fill, Leg, Order, OrderSide, OrderState, PositionSide
from sigma_engine.domain.phase import PhaseReport
from sigma_engine.domain.portfolio import EquityPoint, Portfolio
from sigma_engine.domain.position import Position, Trade
from sigma_engine.domain.run import Funds, Mode, RunStatus, SessionRequest
from sigma_engine.domain.signal import Action, Forecast, Phase, Reading, Regime, Signal
from sigma_engine.domain.snapshot import Snapshot
from sigma_engine.domain.symbol import PAIRS, base, short, unified
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.domain.venue import ExternalPosition
from sigma_engine.errors import DataFolderBusy, InputError, SigmaError
from sigma_engine.events import (
    AlertRaised,
    BillBooked,
    CalibrationMeasured,
    CandleClosed,
    CandleRejected,
    CandleRevised,
    ChatAnswered,
    DecisionMade,
    EquityRecorded,
    Event,
    ExternalsChanged,
    FeedChanged,
    KillSwitchPressed,
    OrderCancelled,
    OrderChanged,
    OrderFilled,
    OrderRejected,
    OrderSubmitted,
    PortfolioChanged,
    PositionChanged,
    PositionClosed,
    PositionOpened,
    PriceChanged,
    RunBegan,
    RunChanged,
    Severity,
    SignalPreviewed,
    StandingChanged,
    StrategyChanged,
)
from sigma_engine.log_files import CRASH_FILE, log_file, log_to
from sigma_engine.strategy.expression import in_words
from sigma_engine.strategy.indicator_set import IndicatorSet
from sigma_engine.strategy.phases import forming_phases, phases

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from sigma_engine.laboratory.laboratory import Laboratory
    from sigma_engine.session.session import Session

__version__ = "0.1.0"

__all__ = [
    "CRASH_FILE",
    "IMPORTED",
    "METRICS",
    "PAIRS",
    "PRACTICE_KEY",
    "VENUE_ACCESS",
    "VENUE_FEES",
    "Accepted",
    "AccountState",
    "Action",
    "AlertRaised",
    "Approved",
    "Ask",
    "BacktestRequest",
    "BacktestResult",
    "BandScore",
    "BillBooked",
    "BreakEven",
    "CalibrationMeasured",
    "CalibrationReport",
    "Candle",
    "CandleClosed",
    "CandleRejected",
    "CandleRevised",
    "Candles",
    "Cap",
    "ChatAnswered",
    "ChatMessage",
    "Check",
    "CloseAll",
    "ClosePosition",
    "Command",
    "CommandResult",
    "ConnectionRequest",
    "CostChoice",
    "CostPart",
    "Coverage",
    "Curve",
    "DataFolderBusy",
    "Decision",
    "DecisionMade",
    "Defaults",
    "DownloadRequest",
    "Downloaded",
    "Drill",
    "Engine",
    "EquityPoint",
    "EquityRecorded",
    "Event",
    "EventBus",
    "ExitReason",
    "ExternalPosition",
    "ExternalsChanged",
    "FeedChanged",
    "FeedWay",
    "Fill",
    "Forecast",
    "Funds",
    "Gap",
    "Gate",
    "IndicatorSet",
    "InputError",
    "Instrument",
    "KeyLine",
    "KeyReport",
    "KeySource",
    "KeyVerdict",
    "KillSwitchPressed",
    "KnownKeys",
    "Leg",
    "LiftHalt",
    "Luck",
    "MetricInfo",
    "Metrics",
    "Mode",
    "NoTrade",
    "Order",
    "OrderCancelled",
    "OrderChanged",
    "OrderFilled",
    "OrderRejected",
    "OrderSide",
    "OrderState",
    "OrderSubmitted",
    "Part",
    "PauseEntries",
    "Phase",
    "PhaseReport",
    "Portfolio",
    "PortfolioChanged",
    "Position",
    "PositionChanged",
    "PositionClosed",
    "PositionOpened",
    "PositionSide",
    "PressKillSwitch",
    "PriceChanged",
    "Progress",
    "Reading",
    "Refused",
    "Regime",
    "ReliabilityBin",
    "ResetPaper",
    "RunBegan",
    "RunChanged",
    "RunStatus",
    "Series",
    "SessionRequest",
    "Severity",
    "SigmaError",
    "Signal",
    "SignalPreviewed",
    "SlippageModel",
    "Snapshot",
    "Speaker",
    "Standing",
    "StandingChanged",
    "StartTrading",
    "StopTrading",
    "StrategyChanged",
    "Timeframe",
    "Timing",
    "Trade",
    "TradePlan",
    "Trial",
    "TrialSummary",
    "Trust",
    "Unsubscribe",
    "UseStrategy",
    "VenueAccess",
    "VenueFees",
    "Verdict",
    "Veto",
    "Vetoed",
    "as_datetime",
    "base",
    "examine_keys",
    "feed_words",
    "forget_keys",
    "forming_phases",
    "in_words",
    "is_generated",
    "known_keys",
    "log_file",
    "log_to",
    "open_laboratory",
    "open_session",
    "phases",
    "practice_address",
    "save_keys",
    "short",
    "source_title",
    "system_ms",
    "unified",
]


async def open_session(request: SessionRequest) -> "Session":
    """Build the session a person asked for, off the loop where it takes long; it runs when its `run()` is awaited.

    Raises `SigmaError` with one sentence when it cannot.
    """
    assembly = await asyncio.to_thread(importlib.import_module, "sigma_engine.assembly")
    session: Session = await assembly.assemble(request)
    return session


async def open_laboratory(home: "Path | None" = None) -> "Laboratory":
    """The backtest laboratory of a data folder (None: the person's own); it works beside a running session.

    Raises `SigmaError` with one sentence when it cannot.
    """
    laboratory = await asyncio.to_thread(importlib.import_module, "sigma_engine.laboratory")
    opened: Laboratory = await laboratory.open_in(home)
    return opened


async def examine_keys(request: ConnectionRequest) -> KeyReport:
    """Ask the exchange what these keys are good for, ordering nothing; what it refuses is a line of the report.

    Raises `SigmaError` with one sentence where the request itself cannot be used.
    """
    report: KeyReport = await (await _connections()).examine_keys(request)
    return report


async def save_keys(request: ConnectionRequest) -> None:
    """Keep the keys in the system's keyring, in place of those it had for the venue; raises `SigmaError`."""
    await (await _connections()).save_keys(request)


async def forget_keys(venue: str) -> None:
    """Remove the venue's keys from the keyring; those of the environment are not SIGMA's to remove."""
    await (await _connections()).forget_keys(venue)


async def known_keys(home: "Path | None" = None) -> tuple[KnownKeys, ...]:
    """The keys of the environment and of the keyring, masked; ``home`` is the data folder, None the person's own.

    Raises `SigmaError` with one sentence where the keyring does not answer and the environment has none.
    """
    known: tuple[KnownKeys, ...] = await (await _connections()).known_keys(home)
    return known


async def _connections() -> "ModuleType":
    return await asyncio.to_thread(importlib.import_module, "sigma_engine.assembly.connections")
