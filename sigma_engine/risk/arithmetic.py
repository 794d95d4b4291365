"""The crossing between the kernels' rounded floats and the account's Decimals, one instrument at a time."""

from decimal import Decimal

from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.money import exact
from sigma_engine.domain.order import OrderSide, PositionSide
from sigma_engine.kernels import fills


class Arithmetic:
    """`kernels.fills` on the grid of one instrument; amounts in and out are Decimal, market prices float."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self._tick = grid_units(instrument.tick)
        self._step = grid_units(instrument.step)
        self._maintenance_rate = float(instrument.maintenance_rate)

    def price(self, raw: float) -> Decimal:
        """``raw`` on the nearest tick."""
        return exact(fills.on_tick(raw, *self._tick))

    def quantity(self, raw: float) -> Decimal:
        """``raw`` down to the step; may be zero."""
        return exact(fills.on_step(raw, *self._step))

    def fill_price(self, reference: float, side: OrderSide, slippage_fraction: float) -> Decimal:
        """What a market order pays at ``reference``."""
        direction = 1 if side is OrderSide.BUY else -1
        return exact(fills.fill_price(reference, direction, slippage_fraction, *self._tick))

    def fee(self, price: Decimal, quantity: Decimal, rate: float) -> Decimal:
        """Trading fee, USDT."""
        return exact(fills.fee(float(price), float(quantity), rate))

    def margin(self, price: Decimal, quantity: Decimal, leverage: int) -> Decimal:
        """Isolated margin, USDT."""
        return exact(fills.margin(float(price), float(quantity), leverage))

    def profit(self, side: PositionSide, quantity: Decimal, entry: Decimal, price: Decimal) -> Decimal:
        """Profit before costs, USDT."""
        return exact(fills.profit(side.sign, float(quantity), float(entry), float(price)))

    def funding(self, side: PositionSide, quantity: Decimal, price: float, rate: float) -> Decimal:
        """Funding received (negative: paid), USDT."""
        return exact(fills.funding(side.sign, float(quantity), price, rate))

    def liquidation(self, side: PositionSide, entry: Decimal, quantity: Decimal, margin: Decimal) -> Decimal:
        """Where the position is liquidated."""
        raw = fills.liquidation(
            side.sign, float(entry), float(quantity), float(margin), self._maintenance_rate, *self._tick
        )
        return exact(raw)

    def slippage(self, reference: float, price: Decimal, quantity: Decimal) -> Decimal:
        """What the fill cost against ``reference``, USDT."""
        return exact(fills.money(abs(float(price) - reference) * float(quantity)))


def grid_units(step: Decimal) -> tuple[float, float]:
    """``step`` as whole units over a power of ten: 0.005 is (5, 1000)."""
    _, digits, exponent = step.normalize().as_tuple()
    units = int("".join(map(str, digits)))
    power = int(exponent)
    return (float(units * 10**power), 1.0) if power > 0 else (float(units), float(10**-power))
