"""A backtest by the live session, and by its trader alone: the same in, the same out."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest

from sigma_engine.backtest.setup import Cancelled, Outcome, Setup
from sigma_engine.domain.order import ExitReason
from sigma_engine.errors import SigmaError
from sigma_engine.laboratory.session_engine import run_session, run_trader
from sigma_engine.risk.costs import Costs
from sigma_engine.strategy.reader import SignalReader
from tests.engine.laboratory.setups import BTC, ETH, START_MS, flat, funding_of, made_ready, minutes_of, walk

BAR_MS = 300_000
BARS, FIRST = 500, 150
PLAIN: dict[str, Any] = {}
TIGHT = {"stop_loss": {"type": "atr", "value": 0.5}, "take_profit": {"type": "rr", "value": 1.0}}
"""Stop and target so near that one candle often holds both."""
EVERYTHING: dict[str, Any] = {
    "spec": TIGHT,
    "costs": Costs(0.0008, 0.0001, 0.0002, maker_rate=0.0002, slippage_range_share=0.05),
    "latency_bars": 2,
    "minutes": {BTC: minutes_of(1, 100_000.0, BARS)},
    "funding": {ETH: funding_of(walk(2, 4_000.0, BARS))},
}


def market(**terms: Any) -> Setup:
    return made_ready({BTC: walk(1, 100_000.0, BARS), ETH: walk(2, 4_000.0, BARS)}, FIRST, **terms)


def by_session(setup: Setup) -> Outcome:
    return asyncio.run(run_session(setup))


@pytest.fixture(scope="module")
def plain() -> Outcome:
    return run_trader(market())


@pytest.mark.parametrize("terms", [PLAIN, EVERYTHING], ids=["plain", "everything"])
def test_the_session_and_its_trader_alone_come_to_the_same(terms: dict[str, Any]) -> None:
    session, trader = by_session(market(**terms)), run_trader(market(**terms))
    assert session.trades
    for name in Outcome.__slots__:
        one, other = getattr(session, name), getattr(trader, name)
        assert one.tolist() == other.tolist() if name in ("times", "equity") else one == other, name


@pytest.mark.parametrize(
    "term",
    [
        {"costs": Costs(maker_rate=0.0002)},
        {"costs": Costs(slippage_range_share=0.05)},
        *({name: EVERYTHING[name]} for name in ("latency_bars", "minutes", "funding")),
    ],
    ids=["maker", "range", "latency", "minutes", "funding"],
)
def test_every_term_asked_for_reaches_the_venue(term: dict[str, Any]) -> None:
    assert run_trader(market(spec=TIGHT, **term)).trades != run_trader(market(spec=TIGHT)).trades


def test_every_way_out_was_taken(plain: Outcome) -> None:
    """Otherwise the tests around this one would say little."""
    reasons = {trade.reason for trade in plain.trades}
    assert reasons >= {ExitReason.STOP, ExitReason.TARGET, ExitReason.TRAILING, ExitReason.SIGNAL}


def test_only_candles_from_the_first_moment_on_are_traded(plain: Outcome) -> None:
    first_ms = START_MS + FIRST * BAR_MS
    assert (plain.from_ms, plain.to_ms) == (first_ms, START_MS + BARS * BAR_MS)
    assert plain.candles == 2 * (BARS - FIRST)
    assert all(trade.entry_ms > first_ms for trade in plain.trades)


def test_the_curve_has_a_point_a_close_and_one_behind_it_when_everything_is_closed(plain: Outcome) -> None:
    closes = [START_MS + (bar + 1) * BAR_MS for bar in range(FIRST, BARS)]
    assert plain.times.tolist() == [*closes, closes[-1]]
    assert len(plain.equity) == len(plain.times)
    assert plain.equity[-1] == float(10_000 + sum(trade.pnl for trade in plain.trades))


def test_every_signal_is_an_order_or_was_refused(plain: Outcome) -> None:
    assert plain.signals == plain.orders + sum(plain.refusals.values()) - plain.refusals.get("order", 0)
    assert plain.fills == len(plain.trades)
    assert plain.refusals["one position"] > 0


@pytest.mark.parametrize("latency_bars", [0, 2])
def test_the_regimes_are_those_of_the_candles_the_trades_were_decided_on(latency_bars: int) -> None:
    setup = market(latency_bars=latency_bars)
    outcome = run_trader(setup)
    regimes = {}
    for symbol, candles in setup.series.items():
        reader = SignalReader(setup.mandate.plan, symbol, setup.timeframe)
        reader.warm_up(candles.slice(0, FIRST))
        regimes |= {(symbol, candle.open_ms): reader.close(candle).regime for candle in candles.slice(FIRST)}
    late_ms = (1 + latency_bars) * BAR_MS
    assert outcome.regimes == tuple(regimes[trade.symbol, trade.entry_ms - late_ms] for trade in outcome.trades)
    assert len(set(outcome.regimes)) > 1


ALWAYS = {
    "entry_long": ["price > 0.001"],
    "entry_short": [],
    "exit_long": [],
    "exit_short": [],
    "trailing_stop": None,
    "breakeven_at_r": None,
    "time_stop_min": None,
    "stop_loss": {"type": "percent", "value": 5.0},
    "take_profit": {"type": "rr", "value": 1.0},
}


QUIET = 400
"""Candles at one price before trading begins."""


def refusals(*prices: float, symbols: tuple[str, ...] = (BTC,), **terms: Any) -> dict[str, int]:
    """What stopped the entries of a strategy that always wants one, on candles at these prices."""
    series = {symbol: flat(*[prices[0]] * QUIET, *prices) for symbol in symbols}
    spec = ALWAYS | terms.pop("spec", {})
    return dict(run_trader(made_ready(series, QUIET, spec, **terms)).refusals)


def test_an_entry_while_one_is_held_is_refused_by_that_rule() -> None:
    assert refusals(*[100_000.0] * 4) == {"one position": 3}


def test_while_an_entry_is_on_its_way_its_market_is_taken() -> None:
    assert refusals(*[100_000.0] * 4, latency_bars=10) == {"one position": 3}


def test_an_entry_is_refused_by_the_first_gate_that_is_shut() -> None:
    gates = {"edge": True, "probability": True, "kelly": True}
    assert refusals(*[100_000.0] * 4, spec={"gates": gates}) == {"edge gate": 4}
    assert refusals(*[100_000.0] * 4, spec={"gates": gates | {"edge": False}}) == {"probability gate": 4}
    assert refusals(*[100_000.0] * 4, spec={"gates": {"kelly": True}}) == {"kelly gate": 4}


def test_an_entry_of_less_than_the_smallest_order_is_refused_by_its_size() -> None:
    assert refusals(*[100_000.0] * 4, capital="1") == {"size": 4}


def test_an_entry_the_market_ran_away_from_is_refused_by_the_venue() -> None:
    """Four entries are to take nearly all of the money; at the next open the last costs more than is left, and a
    smaller one is sent after it."""
    spec = {"position_size": {"type": "percent_equity", "value": 25.0}, "leverage": 1, "max_positions": 4}
    markets = tuple(f"{coin}/USDT:USDT" for coin in ("BTC", "ETH", "SOL", "BNB"))
    assert refusals(100.0, 100.0, spec=spec, symbols=markets) == {"one position": 4}
    assert refusals(100.0, 104.0, spec=spec, symbols=markets) == {"one position": 3, "order": 1}


def test_the_share_told_grows_from_nothing_to_the_whole() -> None:
    told: list[float] = []
    run_trader(market(), lambda share: told.append(share) is None)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert told == sorted(told)
    assert len(told) == BARS - FIRST + 1


def test_both_stop_where_they_are_told_to() -> None:
    for run in (run_trader, lambda setup, watch: asyncio.run(run_session(setup, watch))):
        told: list[float] = []

        def watch(share: float, told: list[float] = told) -> bool:
            told.append(share)
            return share < 0.5

        with pytest.raises(Cancelled):
            run(market(), watch)
        assert told[-1] == 0.5


def test_nothing_is_left_of_a_session_whatever_became_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    by_session(market())
    with pytest.raises(Cancelled):
        asyncio.run(run_session(market(), lambda share: False))
    assert [entry for entry in tmp_path.iterdir() if entry.name.startswith("sigma-backtest-")] == []


def test_a_session_that_fails_says_so_and_gives_no_outcome() -> None:
    def broken(share: float) -> bool:
        raise ZeroDivisionError

    with pytest.raises(SigmaError, match="an error it does not know"):
        asyncio.run(run_session(market(), broken))


def test_a_market_without_a_candle_to_trade_comes_to_nothing() -> None:
    setup = made_ready({BTC: walk(1, 100_000.0, 100)}, 100)
    for outcome in (by_session(setup), run_trader(setup)):
        assert (outcome.trades, outcome.candles, outcome.from_ms, outcome.to_ms) == ((), 0, None, None)
        assert outcome.equity.tolist() == [10_000.0]


def test_latency_delays_every_entry_and_every_exit_that_is_an_order(plain: Outcome) -> None:
    outcome = run_trader(market(latency_bars=3))
    assert outcome.trades[0].entry_ms == plain.trades[0].entry_ms + 3 * BAR_MS
