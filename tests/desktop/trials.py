"""Backtests of real nouns for the window's tests, and the bench and the laboratory they are asked from."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sigma_desktop.bridge.bench import Bench
from sigma_engine import (
    BacktestRequest,
    BacktestResult,
    Candles,
    Check,
    CostChoice,
    Engine,
    ExitReason,
    Luck,
    Metrics,
    Part,
    PositionSide,
    Regime,
    SigmaError,
    Timeframe,
    Timing,
    Trade,
    Trial,
    TrialSummary,
    Verdict,
    as_datetime,
)
from tests.desktop import market
from tests.desktop.laboratories import settled
from tests.desktop.market import BTC, DAY_MS, END_MS, ETH, MINUTE_MS

M5 = 5 * MINUTE_MS
CAPITAL = 10_000.0
STOP_SHARE, TARGET_RR = 0.004, 2.5
_TEXTS = {
    Luck.REAL: "Earned 412.20 USDT (+4.12 %) in 7 days after 96.40 USDT of costs, a fifth of what it made before "
    "them. It stands out from luck: of 2,000 resamples 4 % ended below the start.",
    Luck.LUCK: "Lost 208.11 USDT (−2.08 %) in 7 days; without costs of 188.20 USDT it would have been −0.20 %. "
    "It cannot be told from luck: 71 % of resamples of its trades ended below the start.",
    Luck.TOO_FEW: "Earned 12.00 USDT (+0.12 %) in 7 days with 6 trades. That is too few to say anything of skill; "
    "run it on a longer history.",
}
DOCUMENT = {
    "version": 1,
    "name": "EMA Trend",
    "symbols": ["BTC/USDT", "ETH/USDT"],
    "timeframe": "5m",
    "entry_long": ["ema(9) crosses_above ema(20)", "rsi(14) > 50"],
    "stop_loss": {"type": "atr", "value": 1.5},
    "take_profit": {"type": "rr", "value": TARGET_RR},
    "leverage": 5,
}


@cache
def candles(symbol: str = BTC, count: int = 2016) -> Candles:
    """Candles of five minutes that end where the market of the tests stands; a week by default."""
    return market.candles(symbol, count, M5)


def closed_trades(symbol: str = BTC, count: int = 40, bars: int = 2016) -> tuple[Trade, ...]:
    """Trades spread evenly over the candles, entered at opens and left at closes some bars later."""
    block = candles(symbol, bars)
    gap = max(2, (bars - 30) // count)
    return tuple(_trade(symbol, block, number, 20 + number * gap, gap) for number in range(count))


def _trade(symbol: str, block: Candles, number: int, start: int, gap: int) -> Trade:
    side = PositionSide.LONG if number % 3 else PositionSide.SHORT
    end = start + 1 + number % max(1, min(14, gap - 1))
    tick = market.instrument(symbol).tick
    entry = Decimal(str(block.open[start])).quantize(tick)
    leave = Decimal(str(block.close[end])).quantize(tick)
    quantity = (Decimal(2000) / entry).quantize(market.instrument(symbol).step)
    fees = (quantity * (entry + leave) * Decimal("0.0008")).quantize(Decimal("0.01"))
    pnl = (quantity * (leave - entry) * side.sign - fees).quantize(Decimal("0.01"))
    risk = float((entry * Decimal(str(STOP_SHARE))).quantize(tick) * quantity)
    return Trade(
        trade_id=f"{symbol}-{number}",
        symbol=symbol,
        side=side,
        entry_ms=int(block.open_ms[start]),
        exit_ms=int(block.open_ms[end]) + M5,
        entry_price=entry,
        exit_price=leave,
        quantity=quantity,
        leverage=5,
        fees=fees,
        funding=Decimal("-0.05"),
        slippage=Decimal("0.20"),
        pnl=pnl,
        return_pct=float(pnl) / 20,
        r=float(pnl) / risk,
        bars=end - start + 1,
        reason=ExitReason.TARGET if pnl > 0 else ExitReason.STOP,
        entry_reason="ema(9) crossed above ema(20)",
    )


def metrics(closed: tuple[Trade, ...], curve: tuple[tuple[int, float], ...]) -> Metrics:
    """Figures of these trades; what a week cannot define is not defined."""
    results = [float(trade.pnl) for trade in closed]
    won, lost = [each for each in results if each > 0], [each for each in results if each <= 0]
    known = {
        "initial_balance": CAPITAL,
        "final_balance": CAPITAL + sum(results),
        "total_return_pct": sum(results) / CAPITAL * 100,
        "trades": len(closed),
        "win_rate_pct": 100 * len(won) / len(closed) if closed else None,
        "average_win": sum(won) / len(won) if won else None,
        "average_loss": sum(lost) / len(lost) if lost else None,
        "largest_win": max(won, default=None),
        "largest_loss": min(lost, default=None),
        "profit_factor": sum(won) / -sum(lost) if lost else None,
        "expectancy": sum(results) / len(results) if results else None,
        "sharpe": 1.84 if closed else None,
        "max_drawdown_pct": deepest_pct(curve),
        "exposure_pct": 31.5,
        "fees": float(sum(trade.fees for trade in closed)),
        "funding": float(sum(trade.funding for trade in closed)),
        "slippage": float(sum(trade.slippage for trade in closed)),
        "turnover": 4_000.0 * len(closed),
        "average_duration_min": 95.0 if closed else None,
        "false_signals_pct": 22.5 if closed else None,
    }
    always = {"ulcer_pct": 0.4, "longest_underwater_days": 2.1, "duration_days": 7.0}
    return Metrics(**{field.name: (known | always).get(field.name) for field in fields(Metrics)})


def deepest_pct(curve: tuple[tuple[int, float], ...]) -> float:
    worth = np.array([value for _, value in curve] or [CAPITAL])
    return float(np.min(worth / np.maximum.accumulate(worth) - 1) * 100)


def curve_of(closed: tuple[Trade, ...], start_ms: int, step_ms: int = M5 * 12) -> tuple[tuple[int, float], ...]:
    """Equity that moves when a trade is closed."""
    points, worth, waiting = [], CAPITAL, sorted(closed, key=lambda trade: trade.exit_ms)
    for at_ms in range(start_ms, END_MS + 1, step_ms):
        while waiting and waiting[0].exit_ms <= at_ms:
            worth += float(waiting.pop(0).pnl)
        points.append((at_ms, worth))
    return tuple(points)


def part(name: str, closed: list[Trade]) -> Part:
    results = [float(trade.pnl) for trade in closed]
    lost = -sum(each for each in results if each < 0)
    return Part(
        name=name,
        trades=len(closed),
        win_rate_pct=100 * sum(each > 0 for each in results) / len(results) if results else None,
        pnl=sum(results),
        costs=float(sum(trade.fees + trade.slippage - trade.funding for trade in closed)),
        expectancy=sum(results) / len(results) if results else None,
        profit_factor=sum(each for each in results if each > 0) / lost if lost else None,
    )


def _parts(closed: tuple[Trade, ...], regimes: tuple[Regime | None, ...]) -> dict[str, tuple[Part, ...]]:
    regime_of = dict(zip((trade.trade_id for trade in closed), regimes, strict=True))
    ways: dict[str, Callable[[Trade], str]] = {
        "symbol": lambda trade: trade.symbol,
        "side": lambda trade: trade.side.value,
        "hour": lambda trade: f"{as_datetime(trade.entry_ms):%H}",
        "weekday": lambda trade: f"{as_datetime(trade.entry_ms):%A}",
        "regime": lambda trade: str(regime_of[trade.trade_id] or "unknown"),
        "exit": lambda trade: trade.reason.value,
    }
    return {way: _parted(closed, name) for way, name in ways.items()}


def _parted(closed: tuple[Trade, ...], name: Callable[[Trade], str]) -> tuple[Part, ...]:
    names = sorted({name(trade) for trade in closed})
    return tuple(part(each, [trade for trade in closed if name(trade) == each]) for each in names)


def verdict(luck: Luck = Luck.LUCK, trials: int = 3) -> Verdict:
    few = luck is Luck.TOO_FEW
    return Verdict(
        luck=luck,
        text=_TEXTS[luck],
        probabilistic_sharpe=None if few else 0.993 if luck is Luck.REAL else 0.31,
        deflated_sharpe=None if few else 0.97 if luck is Luck.REAL else 0.12,
        trials=trials,
        return_band_pct=None if few else (-6.1, 2.4),
        drawdown_band_pct=None if few else (2.1, 7.9),
        loss_probability=None if few else 0.71,
        ruin_probability=None if few else 0.004,
    )


def result(
    closed: tuple[Trade, ...] | None = None, luck: Luck = Luck.LUCK, trials: int = 3, bars: int = 2016
) -> BacktestResult:
    """A run of the strategy EMA Trend on two markets."""
    if closed is None:
        both = (*closed_trades(BTC, bars=bars), *closed_trades(ETH, bars=bars))
        closed = tuple(sorted(both, key=lambda trade: trade.exit_ms))
    begin = END_MS - bars * M5
    curve = curve_of(closed, begin)
    regimes = tuple((Regime.TRENDING, Regime.RANGING, Regime.MIXED, None)[at % 4] for at in range(len(closed)))
    return BacktestResult(
        run_id="run-7",
        strategy="EMA Trend",
        symbols=(BTC, ETH),
        timeframe=Timeframe.M5,
        engine=Engine.COMPILED,
        from_ms=begin,
        to_ms=END_MS,
        trades=closed,
        regimes=regimes,
        metrics=metrics(closed, curve),
        verdict=verdict(luck, trials),
        equity=curve[::24],
        curve=curve,
        parts=_parts(closed, regimes),
        months=((2025, 10, -3.2), (2025, 11, 1.4)),
        signals=120,
        refusals={"a position is open": 31, "the account's daily loss limit is reached": 8, "cooling down": 1},
        notes=("The last trade was closed because the data ended.",),
        timing=Timing(load_s=0.21, run_s=0.004, candles=2 * bars),
    )


def trial(
    number: int = 7,
    luck: Luck = Luck.LUCK,
    closed: tuple[Trade, ...] | None = None,
    document: dict[str, Any] | None = None,
    bars: int = 2016,
    **changes: Any,
) -> Trial:
    """A stored run; ``changes`` are of its summary."""
    ran = result(closed, luck, number, bars)
    summary = TrialSummary(
        trial_id=f"trial-{number}",
        number=number,
        created_ms=END_MS - (20 - number) * DAY_MS,
        family="ema-cross",
        strategy=ran.strategy,
        symbols=ran.symbols,
        timeframe=ran.timeframe,
        source="import",
        engine=ran.engine,
        from_ms=ran.from_ms,
        to_ms=ran.to_ms,
        data_hash="a" * 64,
        trades=len(ran.trades),
        total_return_pct=ran.metrics.total_return_pct,
        max_drawdown_pct=ran.metrics.max_drawdown_pct,
        sharpe=ran.metrics.sharpe,
        profit_factor=ran.metrics.profit_factor,
        luck=luck,
        note="",
    )
    request = BacktestRequest(strategy="ema-trend", source="import", capital=Decimal(10_000), costs=CostChoice())
    return Trial(
        summary=replace(summary, **changes),
        document=json.dumps(document or DOCUMENT),
        request=request,
        result=ran,
    )


class KeptTrials:
    """A laboratory of a few runs: keeps notes, forgets runs, writes reports of one line."""

    def __init__(self, *kept: Trial) -> None:
        self.kept = {each.summary.trial_id: each for each in kept}
        self.gone: set[str] = set()
        """Trials whose candles are no longer there."""
        self.check = Check(
            name="look-ahead",
            passed=True,
            text="Nothing looks ahead: 12 cuts of the future changed nothing before them.",
            details=("cut at 19 Nov 08:00: 31 trades, all equal",),
        )
        self.bars = 2016

    async def trials(self, search: str = "") -> tuple[TrialSummary, ...]:
        found = [each.summary for each in self.kept.values() if search.lower() in f"{each.summary}".lower()]
        return tuple(sorted(found, key=lambda summary: -summary.number))

    async def trial(self, trial_id: str) -> Trial:
        if trial_id not in self.kept:
            raise SigmaError(f"There is no trial {trial_id}: choose one from the library.")
        return self.kept[trial_id]

    async def trial_candles(self, trial_id: str, symbol: str) -> Candles:
        if trial_id in self.gone:
            raise SigmaError("The candles of this trial are gone; import them again and run it anew.")
        return candles(symbol, self.bars)

    async def annotate(self, trial_id: str, note: str) -> None:
        known = self.kept[trial_id]
        self.kept[trial_id] = replace(known, summary=replace(known.summary, note=note))

    async def delete_trial(self, trial_id: str) -> None:
        del self.kept[trial_id]

    async def check_look_ahead(self, trial_id: str, tell: Any = None) -> Check:
        return self.check

    async def check_warm_up(self, trial_id: str, tell: Any = None) -> Check:
        return replace(self.check, name="warm-up", passed=False, text="Too short: 2 of 80 trades differ.")

    async def save_report(self, trial_id: str, path: Path) -> Path:
        await asyncio.to_thread(path.write_text, f"{trial_id} {path.suffix}", "utf-8")
        return path


class KeptBench(Bench):
    """The window's bench over a laboratory of kept trials, which can be waited for."""

    def __init__(self, laboratory: KeptTrials) -> None:
        super().__init__(self._open)
        self.laboratory = laboratory

    async def settled(self) -> None:
        """Once everything asked has been answered."""
        await settled(self)

    async def _open(self, home: Path | None) -> Any:
        return self.laboratory
