"""How far a candle may go before it is no candle of any market: finite numbers can still ruin every sum they enter."""

LEAST_PRICE, GREATEST_PRICE = 1e-12, 1e12
"""USDT; the cheapest coins trade at 1e-9."""

GREATEST_VOLUME = 1e18
"""Coins in one candle."""

WIDEST_RANGE = 1000.0
"""High over low; the worst flash crashes came to about 10."""
