"""Account arithmetic, once: fill price, fee, funding, profit, margin, liquidation (contracts.md §2, §4).

Prices are rounded to the tick, quantities down to the step, money to 1e-8 USDT. A grid is ``units / scale`` with
both whole numbers (0.005 is 5 / 1000), so a result is the float nearest to the exact decimal.
"""

import cython

if not cython.compiled:
    from math import floor, nan


def on_tick(price: float, units: float, scale: float) -> float:
    """``price`` rounded to the nearest tick."""
    if units == 1.0:  # the usual grid, and a division less for every position at every close
        return floor(price * scale + 0.5) / scale
    return floor(price * scale / units + 0.5) * units / scale


def on_step(quantity: float, units: float, scale: float) -> float:
    """``quantity`` rounded down to the step; the billionth of a step that floats lose is forgiven."""
    return floor(quantity * scale / units + 1e-9) * units / scale


def units(amount: float) -> int:
    """``amount`` of USDT in whole units of 1e-8, the nearest number of them: what an account adds up without error."""
    return cython.cast(cython.longlong, floor(amount * 1e8 + 0.5))


def money(amount: float) -> float:
    """``amount`` rounded to 1e-8 USDT."""
    return floor(amount * 1e8 + 0.5) / 1e8


def fill_price(reference: float, direction: int, slippage_fraction: float, units: float, scale: float) -> float:
    """What a market order pays: ``reference`` moved against it (``direction`` +1 buys, -1 sells), on the tick."""
    return on_tick(reference * (1.0 + direction * slippage_fraction), units, scale)


def slippage_fraction(fixed: float, share: float, range_fraction: float) -> float:
    """Slippage that grows with the market's range: ``fixed`` and ``share`` of the range, as a fraction of price."""
    return fixed + share * range_fraction if range_fraction > 0.0 else fixed


def fee(price: float, quantity: float, rate: float) -> float:
    """Trading fee in USDT; ``rate`` is a fraction of the value."""
    return money(price * quantity * rate)


def profit(sign: int, quantity: float, entry: float, price: float) -> float:
    """Profit of a linear position at ``price`` before costs, USDT; ``sign`` +1 long, -1 short."""
    return money(sign * quantity * (price - entry))


def funding(sign: int, quantity: float, price: float, rate: float) -> float:
    """Funding received, USDT; a positive rate makes longs pay."""
    return money(-sign * quantity * price * rate)


def margin(price: float, quantity: float, leverage: float) -> float:
    """Isolated margin bound by a position, USDT."""
    return money(price * quantity / leverage)


def liquidation(
    sign: int, entry: float, quantity: float, bound: float, rate: float, units: float, scale: float
) -> float:
    """The price at which a position with margin ``bound`` is liquidated, on the tick; NaN without a position.

    ``rate`` is the maintenance rate: long (E - M/q)/(1 - m), short (E + M/q)/(1 + m).
    """
    if quantity <= 0.0:
        return nan
    price = (entry - sign * bound / quantity) / (1.0 - sign * rate)
    return on_tick(max(price, 0.0), units, scale)
