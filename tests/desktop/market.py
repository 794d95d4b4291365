"""A small market of real nouns for the window's tests: candles by numpy, an account with a past, a bus to speak on."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np

from sigma_engine import (
    Accepted,
    Action,
    Approved,
    BandScore,
    BreakEven,
    CalibrationReport,
    Candle,
    Candles,
    Cap,
    ChatMessage,
    Command,
    CommandResult,
    CostPart,
    Decision,
    EquityPoint,
    Event,
    EventBus,
    ExitReason,
    Forecast,
    Gate,
    Instrument,
    Mode,
    NoTrade,
    Phase,
    Portfolio,
    PortfolioChanged,
    Position,
    PositionSide,
    PriceChanged,
    Reading,
    Regime,
    ReliabilityBin,
    RunStatus,
    Signal,
    Snapshot,
    Speaker,
    Timeframe,
    Trade,
    TradePlan,
    Trust,
    Veto,
    Vetoed,
)

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
END_MS = 1_763_902_800_000
"""23 November 2025, 13:00 UTC: where the market of the tests stands."""
BTC, ETH, SOL = "BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT"
SYMBOLS = (BTC, ETH, SOL)
_GRID = {BTC: ("0.1", "0.0001", 97_000.0), ETH: ("0.01", "0.001", 3_400.0), SOL: ("0.01", "0.01", 188.0)}


def instrument(symbol: str) -> Instrument:
    tick, step, _ = _GRID[symbol]
    return Instrument(symbol, Decimal(tick), Decimal(step), Decimal("0.005"))


def candles(symbol: str = BTC, count: int = 600, interval_ms: int = MINUTE_MS, end_ms: int = END_MS) -> Candles:
    """A random walk that ends at the symbol's own price; always the same."""
    random = np.random.default_rng(sum(map(ord, symbol)))
    returns = random.normal(0, 0.0012, count)
    close = np.exp(np.cumsum(returns))
    close *= _GRID[symbol][2] / close[-1]
    opening = np.concatenate([[close[0]], close[:-1]])
    reach = np.abs(random.normal(0, 0.0007, (2, count))) * close
    high, low = np.maximum(opening, close) + reach[0], np.minimum(opening, close) - reach[1]
    stamps = end_ms - interval_ms * np.arange(count, 0, -1, dtype=np.int64)
    volume = random.uniform(20, 120, count) * (1 + 400 * np.abs(returns))
    return Candles(stamps, *(np.round(column, 4) for column in (opening, high, low, close, volume)))


def position(symbol: str = BTC, side: PositionSide = PositionSide.LONG, moved: float = 0.002) -> Position:
    """A position whose mark has moved by the fraction ``moved`` since the entry."""
    tick = Decimal(_GRID[symbol][0])
    entry = Decimal(str(_GRID[symbol][2] * 0.997)).quantize(tick)
    mark = (entry * Decimal(str(1 + moved))).quantize(tick)
    distance = (entry * Decimal("0.008")).quantize(tick)
    quantity = (Decimal(2000) / entry).quantize(Decimal(_GRID[symbol][1]))
    stop, target = entry - distance * side.sign, entry + distance * side.sign * 2
    return Position(
        symbol=symbol,
        side=side,
        quantity=quantity,
        leverage=5,
        entry_price=entry,
        entry_ms=END_MS - 47 * MINUTE_MS,
        mark=mark,
        stop=stop,
        target=target,
        initial_stop=stop,
        stop_kind=ExitReason.STOP,
        liquidation=entry * Decimal("0.82") if side is PositionSide.LONG else entry * Decimal("1.18"),
        margin=quantity * entry / 5,
        fees=Decimal("1.60"),
        funding=Decimal(0),
        slippage=Decimal("0.20"),
        extreme=float(max(entry, mark)),
        atr=float(distance) / 1.5,
        bars=47,
        entry_id=f"sg{symbol[:3].lower()}",
        entry_reason="Trend and momentum agree: long score .62 against .11",
        unrealised=(mark - entry) * quantity * side.sign,
    )


def trade(number: int, pnl: str, symbol: str = BTC, exit_ms: int = END_MS) -> Trade:
    side = PositionSide.LONG if number % 3 else PositionSide.SHORT
    entry = Decimal(str(_GRID[symbol][2])).quantize(Decimal(_GRID[symbol][0]))
    amount = Decimal(pnl)
    return Trade(
        trade_id=f"trade-{number}",
        symbol=symbol,
        side=side,
        entry_ms=exit_ms - 35 * MINUTE_MS,
        exit_ms=exit_ms,
        entry_price=entry,
        exit_price=entry + side.sign * (amount / 2).quantize(Decimal(_GRID[symbol][0])),
        quantity=(Decimal(2000) / entry).quantize(Decimal(_GRID[symbol][1])),
        leverage=5,
        fees=Decimal("3.20"),
        funding=Decimal("0.10"),
        slippage=Decimal("0.40"),
        pnl=amount,
        return_pct=float(amount) / 100,
        r=float(amount) / 16,
        bars=35,
        reason=ExitReason.TARGET if amount > 0 else ExitReason.STOP,
        entry_reason="Trend and momentum agree",
    )


def trades(count: int = 24) -> tuple[Trade, ...]:
    """Closed trades, two a day, about half of them won."""
    random = np.random.default_rng(5)
    outcomes = random.normal(4, 40, count)
    start = END_MS - count * DAY_MS // 2
    return tuple(
        trade(number, f"{outcome:.2f}", SYMBOLS[number % 3], start + number * DAY_MS // 2)
        for number, outcome in enumerate(outcomes)
    )


def equity(closed: tuple[Trade, ...], initial: Decimal = Decimal(10_000)) -> tuple[EquityPoint, ...]:
    """An hourly curve that takes each trade in at its exit."""
    if not closed:
        return ()
    points, wallet, waiting = [], initial, list(closed)
    for at_ms in range(closed[0].exit_ms - DAY_MS, END_MS, HOUR_MS):
        while waiting and waiting[0].exit_ms <= at_ms:
            wallet += waiting.pop(0).pnl
        points.append(EquityPoint(at_ms, wallet, wallet))
    return tuple(points)


def readings(vote: float = 0.6) -> tuple[Reading, ...]:
    return (
        Reading("EMA 9, 20, 50, 200", Phase.TREND, (("ema(9)", 96_990.0), ("ema(200)", 96_100.0)), vote, 3.0),
        Reading("ADX 14", Phase.TREND, (("adx(14)", 31.2),), vote, 2.0),
        Reading("MACD", Phase.MOMENTUM, (("macd.hist", 12.4),), vote / 2, 2.0),
        Reading("RSI 14", Phase.MOMENTUM, (("rsi(14)", 58.1),), -vote / 3, 0.5),
        Reading("ATR", Phase.VOLATILITY, (("atr(14)", 61.0), ("gk", float("nan"))), None, 0.0),
        Reading("MFI 14", Phase.VOLUME, (("mfi(14)", 51.0),), -0.05, 0.5),
        Reading("P(up), calibrated", Phase.PROBABILITY, (("p_up", 0.56),), 0.4, 2.0),
    )


def forecast(price: float) -> Forecast:
    return Forecast(
        model="empirical",
        horizon_bars=12,
        sigma=0.0012,
        p_up=0.56,
        p_up_plain=0.58,
        p_target=0.41,
        p_stop=0.52,
        p_target_short=0.39,
        p_stop_short=0.54,
        bands=((0.7, price * 0.997, price * 1.003), (0.95, price * 0.992, price * 1.008)),
        paths=1000,
        p_up_paths=0.57,
        standard_error=0.016,
        calibrated=True,
        sigma_error=0.00004,
        p_up_error=0.011,
        p_target_error=0.012,
        p_target_short_error=0.013,
        band_errors=(price * 0.0001, price * 0.0004),
        matured=828,
        trust=Trust.GREEN,
    )


def signal(symbol: str = BTC, action: Action = Action.BUY, bar_ms: int = END_MS - MINUTE_MS) -> Signal:
    price = _GRID[symbol][2]
    sign = {Action.BUY: 1, Action.SELL: -1, Action.WAIT: 0}[action]
    score = 0.62 if sign else 0.31
    return Signal(
        symbol=symbol,
        bar_ms=bar_ms,
        at_ms=bar_ms + MINUTE_MS,
        price=price,
        atr=price * 0.0011,
        action=action,
        long_score=score if sign >= 0 else 0.11,
        short_score=score if sign < 0 else 0.11,
        confidence=score,
        regime=Regime.TRENDING,
        readings=readings(0.6 * (sign or 0.3)),
        forecast=forecast(price),
        reason=f"{action}: long .62 against short .11, trending",
    )


def gates() -> tuple[Gate, ...]:
    return (
        Gate("edge", True, True, 0.0031, 0.0018, "31 bp expected, 18 bp of cost"),
        Gate("probability", True, False, 0.56, 0.65, "P(up) .56 lies below .65"),
        Gate("kelly", False, True, 0.02, 0.0, "the Kelly fraction is .02"),
    )


def breakeven() -> BreakEven:
    """A long whose costs are six times what the forecast hopes for."""
    parts = (CostPart("fees", 0.0016, "taker, both sides"), CostPart("slippage", 0.0002, "measured on 14 fills"))
    return BreakEven(
        side=PositionSide.LONG,
        cost=0.0018,
        parts=parts,
        stop=0.004,
        target=0.01,
        coin=0.286,
        needed=0.414,
        expected=0.308,
        expected_error=0.012,
        edge=-0.00149,
        edge_error=0.0002,
    )


def caps() -> tuple[Cap, ...]:
    """Three limits on a size: the one that binds, a wider one, and one that is switched off."""
    return (
        Cap("risk per trade", Decimal("0.0200")),
        Cap("free margin", Decimal("0.4875")),
        Cap("Kelly", Decimal("0.0000"), applied=False, note="the gate is off"),
    )


def approved(symbol: str = BTC, bar_ms: int = END_MS - MINUTE_MS) -> Approved:
    plan = TradePlan(
        side=PositionSide.LONG,
        quantity=Decimal("0.0200"),
        leverage=5,
        stop_distance=150.0,
        target_distance=375.0,
        risk=Decimal("4.20"),
        kelly_fraction=0.02,
        binding_cap="risk per trade",
        caps=caps(),
    )
    buy = signal(symbol, Action.BUY, bar_ms)
    return Approved(signal=buy, gates=gates(), reason="risk-sized long", breakeven=breakeven(), plan=plan)


def vetoed(symbol: str = ETH, bar_ms: int = END_MS - 2 * MINUTE_MS) -> Vetoed:
    veto = Veto("account", "daily_loss", "down 3.1% today, the limit is 3.0%")
    return Vetoed(signal=signal(symbol, Action.SELL, bar_ms), gates=gates(), reason="safety refused it", vetoes=(veto,))


def waiting(symbol: str = SOL, bar_ms: int = END_MS - MINUTE_MS) -> NoTrade:
    return NoTrade(signal=signal(symbol, Action.WAIT, bar_ms), gates=gates(), reason="no side reaches .50")


def reliability(bias: float = 0.0, n: int = 180) -> tuple[ReliabilityBin, ...]:
    """Groups of ``n`` forecasts and fewer towards the ends, which happened ``bias`` more often than was said."""
    bins = []
    for at, said in enumerate((0.415, 0.445, 0.475, 0.502, 0.528, 0.556, 0.587)):
        count = n - 36 * abs(at - 3)
        happened = said + bias + 0.012 * (-1) ** at
        half = 1.96 * (happened * (1 - happened) / count) ** 0.5
        bins.append(ReliabilityBin(said - 0.014, said + 0.014, count, said, happened, happened - half, happened + half))
    return tuple(bins)


def bands(share_off: float = 0.0, kupiec_p: float = 0.62, n: int = 828) -> tuple[BandScore, ...]:
    """The three bands; each held ``share_off`` more than promised and is sharper than the plain model."""
    return tuple(
        BandScore(coverage, n, coverage + share_off, kupiec_p, 0.41, score, plain)
        for coverage, score, plain in ((0.70, 116.0, 130.0), (0.90, 193.0, 200.0), (0.95, 246.0, 246.4))
    )


def calibration(
    symbol: str = BTC, trust: Trust = Trust.GREEN, n: int = 828, horizon_bars: int = 12
) -> CalibrationReport:
    """A report of ``n`` forecasts as the engine makes them."""
    bad = trust is Trust.RED
    words = {
        Trust.GREEN: "What SIGMA says happens: the bands hold what they promise. P(up) shows no edge over a coin.",
        Trust.AMBER: "Doubtful: the 70 % band held 66.8 %. Watch it; sizes by Kelly are halved meanwhile.",
        Trust.RED: "Miscalibrated: when it said 58 %, 44 % happened. Entries that rely on P(up) have stopped.",
        Trust.TOO_FEW: f"Not enough evidence: {n} forecasts have come due, 100 are needed before anything is claimed.",
    }
    return CalibrationReport(
        symbol=symbol,
        horizon_bars=horizon_bars,
        model="empirical",
        from_ms=END_MS - 3 * DAY_MS,
        to_ms=END_MS,
        n=n,
        live_n=n // 3,
        brier=0.2641 if bad else 0.2489,
        climatology_brier=0.2499,
        baseline_brier=0.2834,
        skill=-0.057 if bad else 0.004,
        reliability=0.0151 if bad else 0.0004,
        resolution=0.0013,
        uncertainty=0.2499,
        log_loss=0.722 if bad else 0.691,
        spiegelhalter_z=3.4 if bad else 0.71,
        bins=reliability(-0.09 if bad else 0.0),
        bands=bands(-0.035 if bad else 0.004, 0.004 if bad else 0.62, n),
        pit=(0.11, 0.09, 0.1, 0.1, 0.1, 0.11, 0.09, 0.1, 0.09, 0.11),
        pit_distance=0.021,
        edge=False,
        trust=trust,
        verdict=words[trust],
    )


def calibrations() -> tuple[CalibrationReport, ...]:
    """One market that is believed, one that is not, one too young to tell."""
    return calibration(), calibration(ETH, Trust.RED), calibration(SOL, Trust.TOO_FEW, 42)


def decisions() -> tuple[Decision, ...]:
    return approved(), vetoed(), waiting()


def portfolio(*positions: Position, wallet: Decimal = Decimal("9908.53")) -> Portfolio:
    return Portfolio(
        at_ms=END_MS,
        wallet=wallet,
        positions=positions,
        initial=Decimal(10_000),
        day_open_equity=Decimal("9940.10"),
        peak_equity=Decimal("10068.88"),
        trades_today=2,
        fees_paid=Decimal("76.80"),
    )


def snapshot(count: int = 600, with_past: bool = True) -> Snapshot:
    """A running demo on three symbols; ``with_past`` gives it trades, positions and a conversation."""
    closed = trades() if with_past else ()
    held = (position(), position(ETH, PositionSide.SHORT, 0.004)) if with_past else ()
    said = (
        ChatMessage(END_MS - HOUR_MS, Speaker.PERSON, "Why did you go long BTC?"),
        ChatMessage(END_MS - HOUR_MS + 900, Speaker.ASSISTANT, "**Trend** and momentum agreed."),
    )
    return Snapshot(
        run_id="run-1",
        mode=Mode.DEMO,
        status=RunStatus.RUNNING,
        reason="started",
        strategy_name="sigma-fusion",
        strategies=("sigma-scalper", "sigma-fusion", "rsi-oversold", "ema-trend"),
        symbols=SYMBOLS,
        timeframe=Timeframe.M1,
        instruments={symbol: instrument(symbol) for symbol in SYMBOLS},
        market_ms=END_MS,
        portfolio=portfolio(*held) if with_past else new_portfolio(),
        candles={symbol: candles(symbol, count) for symbol in SYMBOLS},
        forming={},
        decisions=decisions() if with_past else (),
        trades=closed,
        equity=equity(closed),
        chat=said if with_past else (),
        calibration=calibrations() if with_past else (),
    )


def new_portfolio() -> Portfolio:
    """The account of a run that has just begun."""
    start = Decimal(10_000)
    fresh = portfolio(wallet=start)
    return replace(fresh, day_open_equity=start, peak_equity=start, trades_today=0, fees_paid=Decimal(0))


class MarketEngine:
    """Speaks the window's Engine protocol over a snapshot: says yes to every command unless told what to answer."""

    def __init__(self, begin: Snapshot | None = None) -> None:
        self.bus = EventBus()
        self.asked: list[Command] = []
        self.answer: Callable[[Command], CommandResult] = lambda command: Accepted(type(command).__name__)
        self._snapshot = begin or snapshot()

    def snapshot(self) -> Snapshot:
        return self._snapshot

    def begin(self, anew: Snapshot) -> None:
        """Have the next `snapshot` be ``anew``."""
        self._snapshot = anew

    async def execute(self, command: Command) -> CommandResult:
        self.asked.append(command)
        return self.answer(command)

    def publish(self, *events: Event) -> None:
        for event in events:
            if isinstance(event, PortfolioChanged):
                self._snapshot = replace(self._snapshot, portfolio=event.portfolio)
            self.bus.publish(event)

    def tick(self, symbol: str = BTC, price: float | None = None, after_ms: int = 1_000) -> None:
        """A price of ``symbol``, by default its last."""
        price = _GRID[symbol][2] if price is None else price
        self.publish(
            PriceChanged(
                at_ms=END_MS + after_ms,
                symbol=symbol,
                price=price,
                forming=Candle(END_MS, price, price * 1.0004, price * 0.9996, price, 12.0),
            )
        )
