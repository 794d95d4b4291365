"""A backtest as people ask for it, what it came to, and its place among the trials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from sigma_engine.domain.metrics import Curve, Metrics
from sigma_engine.domain.position import Trade
from sigma_engine.domain.signal import Regime
from sigma_engine.domain.timeframe import Timeframe


class Engine(StrEnum):
    """What runs a backtest; both make the same trades."""

    COMPILED = "compiled"
    SESSION = "session"
    """The live session with the paper venue, candle by candle."""


class SlippageModel(StrEnum):
    """How much worse than the quoted price an order is filled."""

    FIXED = "fixed"
    VOLATILITY = "volatility"
    """The fixed part and a share of the market's range beside it."""
    MEASURED = "measured"
    """What own fills cost on average so far; the fixed part while there are too few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostChoice:
    """What trading is to cost, in basis points of the traded value per side.

    With ``maker_bps`` targets rest in the book: they fill at their level, at that fee, without slippage; None leaves
    them market orders. ``slippage_range_share`` is the part of ATR(14) that `SlippageModel.VOLATILITY` adds.
    ``latency_bars`` is how many candles later than the next open an order is filled. ``funding`` books the rates the
    data has.
    """

    taker_bps: float = 8.0
    maker_bps: float | None = None
    slippage_model: SlippageModel = SlippageModel.FIXED
    slippage_bps: float = 1.0
    slippage_range_share: float = 0.0
    spread_bps: float = 0.0
    funding: bool = True
    latency_bars: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRequest:
    """What is to be tried.

    ``strategy`` is a preset's name, the path of a spec file or the spec's JSON itself. The candles are those of
    ``files`` or, without any, those kept under ``source``. ``symbols`` and ``timeframe`` replace the strategy's own,
    ``leverage`` likewise; trading begins with the candle that opens at ``from_ms`` and ends before the one at
    ``to_ms``, UTC milliseconds. ``funding_files`` hold rates, ``minute_files`` 1m candles that settle the order of
    stop and target inside a longer one; ``minutes`` uses the kept ones of the same source. ``costs`` None: the
    settings' own.
    """

    strategy: str
    files: tuple[Path, ...] = ()
    source: str | None = None
    symbols: tuple[str, ...] = ()
    timeframe: Timeframe | None = None
    from_ms: int | None = None
    to_ms: int | None = None
    capital: Decimal | None = None
    leverage: int | None = None
    costs: CostChoice | None = None
    funding_files: tuple[Path, ...] = ()
    minute_files: tuple[Path, ...] = ()
    minutes: bool = False
    engine: Engine = Engine.COMPILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a request that leaves them open gets: the settings' own capital, USDT, and costs."""

    capital: Decimal
    costs: CostChoice


class Luck(StrEnum):
    """Whether a result can be told from luck."""

    REAL = "real"
    LUCK = "luck"
    TOO_FEW = "too few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A result in words first; ``text`` is one short paragraph, ``luck`` its conclusion.

    ``probabilistic_sharpe`` is the probability that the true Sharpe ratio is above 0 (PSR), ``deflated_sharpe`` the
    same against the best of ``trials`` tries without any skill (DSR), None where they are not defined. The bands are
    5 % and 95 % of what resampling the trades in blocks gives: return and deepest drawdown in percent;
    ``loss_probability`` and ``ruin_probability`` are shares of those resamples.
    """

    luck: Luck
    text: str
    probabilistic_sharpe: float | None
    deflated_sharpe: float | None
    trials: int
    return_band_pct: tuple[float, float] | None
    drawdown_band_pct: tuple[float, float] | None
    loss_probability: float | None
    ruin_probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a result, the trades of one symbol, side, hour, weekday, regime, exit or month; money in USDT."""

    name: str
    trades: int
    win_rate_pct: float | None
    pnl: float
    costs: float
    expectancy: float | None
    profit_factor: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds to load the market and to run through it, and how many closed candles were decided on."""

    load_s: float
    run_s: float
    candles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestResult:
    """What a backtest came to; ``from_ms`` and ``to_ms`` enclose the candles decided on.

    ``regimes`` are those of the trades' signals, side by side with ``trades``. ``curve`` is equity at candle closes,
    thinned for drawing to some thousand points with its extremes kept; ``equity`` has one point a day. ``signals``
    counts the candles that asked for an entry, ``refusals`` why those came to nothing, cause by cause. ``parts`` are
    tables by what they part the trades by: ``symbol``, ``side``, ``hour``, ``weekday``, ``regime``, ``exit``.
    ``months`` are returns in percent, ``(year, month, percent)``.
    """

    run_id: str
    strategy: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    engine: Engine
    from_ms: int | None
    to_ms: int | None
    trades: tuple[Trade, ...]
    regimes: tuple[Regime | None, ...]
    metrics: Metrics
    verdict: Verdict
    equity: Curve
    curve: Curve
    parts: Mapping[str, tuple[Part, ...]]
    months: tuple[tuple[int, int, float], ...]
    signals: int
    refusals: Mapping[str, int]
    notes: tuple[str, ...]
    timing: Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSummary:
    """A stored run in a line.

    ``number`` counts the trials of the data folder from 1, ``family`` names the strategy's shape without its numbers,
    ``data_hash`` the candles it ran on: equal hashes are equal data, bit for bit.
    """

    trial_id: str
    number: int
    created_ms: int
    family: str
    strategy: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    source: str
    engine: Engine
    from_ms: int | None
    to_ms: int | None
    data_hash: str
    trades: int
    total_return_pct: float
    max_drawdown_pct: float
    sharpe: float | None
    profit_factor: float | None
    luck: Luck
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A stored run in full; ``document`` is the strategy's spec as JSON, ``request`` what was asked for."""

    summary: TrialSummary
    document: str
    request: BacktestRequest
    result: BacktestResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a check of a strategy found; ``text`` says it in one sentence, ``details`` case by case."""

    name: str
    passed: bool
    text: str
    details: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something long has come: ``share`` from 0 to 1, ``left_s`` seconds to go, None while nobody knows."""

    share: float
    left_s: float | None
    text: str = ""
