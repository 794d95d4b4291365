"""What the demo's eight coins are like: where they start, how much they move, how much is traded."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.instrument import Instrument, practice_instrument
from sigma_engine.domain.symbol import PAIRS, base
from sigma_engine.domain.timeframe import Timeframe


@dataclass(frozen=True, slots=True)
class Coin:
    """One coin of the demo.

    ``start_price`` in USDT; ``volatility`` of the demo, annualised, a fraction; ``market_share`` the part of its
    variance that is the whole market's; ``minute_turnover`` the usual value traded in a minute, USDT.
    """

    symbol: str
    start_price: float
    volatility: float
    market_share: float
    minute_turnover: float


_FACTS = {  # start price, volatility of a lively real year, share of the market's factor, turnover a minute
    "BTC": (97_000.0, 0.75, 0.80, 9_000_000.0),
    "ETH": (3_400.0, 0.95, 0.78, 7_000_000.0),
    "SOL": (188.0, 1.20, 0.66, 2_500_000.0),
    "XRP": (2.3, 1.10, 0.55, 2_000_000.0),
    "ADA": (0.75, 1.15, 0.62, 600_000.0),
    "DOGE": (0.22, 1.30, 0.60, 1_200_000.0),
    "LTC": (98.0, 1.00, 0.58, 350_000.0),
    "BNB": (612.0, 0.80, 0.64, 600_000.0),
}

LIVELINESS = math.sqrt(5)
"""A minute of the demo moves like five real ones: there is something to see, and costs weigh as on 5m candles."""


def _coin(symbol: str) -> Coin:
    start_price, real_volatility, market_share, minute_turnover = _FACTS[base(symbol)]
    return Coin(symbol, start_price, LIVELINESS * real_volatility, market_share, minute_turnover)


COINS = tuple(_coin(symbol) for symbol in PAIRS)
"""The demo's coins in the order of `PAIRS`; columns of every array of this package follow it."""

INSTRUMENTS: dict[str, Instrument] = {coin.symbol: practice_instrument(coin.symbol, coin.start_price) for coin in COINS}

_MINUTES_A_YEAR = Timeframe.M1.bars_per_year


def _column(values: list[float]) -> NDArray[np.float64]:
    return np.array(values, np.float64)


START_LOG = _column([math.log(coin.start_price) for coin in COINS])
MINUTE_SIGMA = _column([coin.volatility / math.sqrt(_MINUTES_A_YEAR) for coin in COINS])
MARKET_WEIGHT = _column([math.sqrt(coin.market_share) for coin in COINS])
OWN_WEIGHT = _column([math.sqrt(1 - coin.market_share) for coin in COINS])
TURNOVER = _column([coin.minute_turnover for coin in COINS])
PRICE_DECIMALS = tuple(INSTRUMENTS[coin.symbol].price_decimals for coin in COINS)
VOLUME_DECIMALS = tuple(INSTRUMENTS[coin.symbol].quantity_decimals for coin in COINS)
