"""The demo's market looks like one: fat tails, clusters, company, believable size; its prices never run away."""

import math
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.symbol import PAIRS
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.market.generated.coins import COINS, LIVELINESS, START_LOG
from sigma_engine.market.generated.draws import draw
from sigma_engine.market.generated.dynamics import advance, opening_state
from sigma_engine.market.generated.feed import GeneratedFeed
from sigma_engine.market.generated.regime import MOODS, MarketRegime, following

BARS = 15_000
SEEDS = (1, 2025)
FIELDS = ("open_ms", "open", "high", "low", "close", "volume")


@pytest.fixture(scope="module", params=SEEDS)
def market(request):
    feed = GeneratedFeed.start(seed=request.param, start_ms=1_760_000_000_000, bars=BARS)
    return {symbol: _table(candles) for symbol, candles in feed.history().items()}


def _table(candles: Candles) -> pd.DataFrame:
    return pd.DataFrame(dict(zip(FIELDS, candles.columns(), strict=True)))


@pytest.fixture(scope="module")
def returns(market):
    return pd.DataFrame({symbol: np.log(table["close"]).diff().dropna() for symbol, table in market.items()})


def test_tails_are_fat(returns):
    assert (returns.kurt() + 3).between(4, 60).all()


def test_large_moves_come_in_clusters(returns):
    for symbol in PAIRS:
        size = returns[symbol].abs()
        assert all(size.autocorr(lag) > 0.03 for lag in range(1, 21)), symbol


def test_the_direction_of_the_last_minute_says_next_to_nothing(returns):
    assert all(abs(returns[symbol].autocorr(1)) < 0.06 for symbol in PAIRS)


def test_coins_move_together_but_not_as_one(returns):
    company = returns.corr()

    assert all(0.3 < company.loc[one, other] < 0.9 for one, other in combinations(PAIRS, 2))


def test_each_coin_shows_the_volatility_it_states(returns):
    shown = returns.std() * math.sqrt(Timeframe.M1.bars_per_year)

    for coin in COINS:
        assert coin.volatility * 0.75 < shown[coin.symbol] < coin.volatility * 1.35
        assert 0.4 < shown[coin.symbol] / LIVELINESS < 2.0


def test_candles_open_next_to_the_close_before_them(market, returns):
    for symbol, table in market.items():
        jump = np.log(table["open"] / table["close"].shift()).abs().mean()
        assert jump < 0.1 * returns[symbol].std()


def test_ranges_are_as_wide_as_in_real_minutes(market, returns):
    """Garman-Klass over close to close: 0.82 on BTC's minutes of May and June 2025."""
    for symbol, table in market.items():
        span, body = np.log(table["high"] / table["low"]), np.log(table["close"] / table["open"])
        garman_klass = math.sqrt((0.5 * span**2 - (2 * math.log(2) - 1) * body**2).mean())
        assert 0.7 < garman_klass / returns[symbol].std() < 0.95


def test_volume_goes_with_volatility_and_with_the_hour(market, returns):
    for symbol, table in market.items():
        assert returns[symbol].abs().rank().corr(table["volume"][1:].rank()) > 0.2
        by_hour = table["volume"].groupby(table["open_ms"] // 3_600_000 % 24).median()
        assert by_hour[13:17].mean() > 1.25 * by_hour[3:6].mean()


def test_a_stop_of_one_and_a_half_atr_and_its_target_are_reached_within_minutes(market):
    """Bars until price has gone 1.5 mean ranges one way or 3.75 the other: at 20 x, twenty bars are a minute."""
    for symbol, table in market.items():
        entries = range(100, BARS - 500, 250)
        waits = [_bars_until_out(table, entry) for entry in entries]
        assert 2 < np.median(waits) < 40, symbol


def _bars_until_out(table: pd.DataFrame, entry: int) -> int:
    atr = (table["high"] - table["low"]).iloc[entry - 14 : entry].mean()
    ahead = table.iloc[entry : entry + 500]
    price = ahead["open"].iloc[0]
    out = (ahead["low"] <= price - 1.5 * atr) | (ahead["high"] >= price + 3.75 * atr)
    return int(out.to_numpy().argmax()) if out.any() else 500


def test_prices_stay_sane_over_two_hundred_thousand_minutes():
    state, levels = opening_state(), []
    for hour in range(3_334):
        minutes = advance(state, draw(11, 480_000 + hour))
        state = minutes.after
        levels.append(minutes.log_close)
    away = np.abs(np.concatenate(levels) - START_LOG)

    assert len(away) >= 200_000
    assert away.max() < math.log(5)
    assert away.max() > math.log(1.2)


def test_every_regime_comes_and_lasts_as_long_as_it_should():
    chance = np.random.default_rng(5)
    regime, seen = MarketRegime.CALM, []
    for leave, choice in chance.random((200_000, 2)):
        regime = following(regime, leave, choice)
        seen.append(regime)

    lasting: dict[MarketRegime, list[int]] = {regime: [0] for regime in MarketRegime}
    for before, now in pairwise(seen):
        if now is before:
            lasting[now][-1] += 1
        else:
            lasting[now].append(1)
    for regime, mood in MOODS.items():
        assert 0.8 * mood.stay < np.mean(lasting[regime][1:]) < 1.2 * mood.stay, regime


def test_the_time_weighted_mean_variance_of_the_regimes_is_one():
    """So that a coin's stated volatility is what it shows."""
    total = sum(mood.stay for mood in MOODS.values())

    assert sum(mood.stay * mood.volatility**2 for mood in MOODS.values()) / total == pytest.approx(1, abs=0.02)
