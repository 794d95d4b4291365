"""Which prices are seen: fitted to the candles in view, with room for volume below."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_FOOT_SHARE = 0.21
_LEAST_BODY_PX = 40.0
_NEAR = 0.35
_FLAT_SPAN = 2e-4


@dataclass(frozen=True, slots=True)
class PriceScale:
    """Prices from ``low`` to ``high`` over ``height_px`` logical pixels, the higher the further up."""

    low: float = 0.0
    high: float = 1.0
    height_px: float = 1.0

    def y(self, price: float) -> float:
        """Pixels from the top."""
        return (self.high - price) / (self.high - self.low) * self.height_px

    def price(self, y: float) -> float:
        """The price ``y`` pixels from the top."""
        return self.high - y / self.height_px * (self.high - self.low)

    def shows(self, price: float) -> bool:
        """Whether ``price`` is in view."""
        return self.low <= price <= self.high


def fitted(
    lowest: float, highest: float, nearby: Iterable[float], height_px: float, head_px: float, stretch: float = 1.0
) -> PriceScale:
    """A scale for prices from ``lowest`` to ``highest``, reaching out to those ``nearby`` that are not far off.

    The top ``head_px`` stay free for figures, the foot for volume. ``stretch`` is how many times as much as needed
    is seen. Where nothing is known (NaN) the scale is 0 to 1.
    """
    if not (math.isfinite(lowest) and math.isfinite(highest)):
        return PriceScale(height_px=height_px)
    reach = _NEAR * _span(lowest, highest)
    near = [price for price in nearby if lowest - reach <= price <= highest + reach]
    low, high = min((lowest, *near)), max((highest, *near))
    foot_px = _FOOT_SHARE * height_px
    price_a_px = _span(low, high) / max(height_px - head_px - foot_px, _LEAST_BODY_PX)
    low, high = low - foot_px * price_a_px, high + head_px * price_a_px
    middle, half = (low + high) / 2, (high - low) / 2 * stretch
    return PriceScale(middle - half, middle + half, height_px)


def spread(places: Sequence[float], gap: float) -> list[float]:
    """``places`` moved apart to at least ``gap``, their order kept and the last one left where it is."""
    if not places:
        return []
    spaced = list(places)
    fixed = places[-1]
    above = sorted((at for at in range(len(places) - 1) if places[at] <= fixed), key=lambda at: -places[at])
    below = sorted((at for at in range(len(places) - 1) if places[at] > fixed), key=lambda at: places[at])
    for order, sign in ((above, -1), (below, 1)):
        edge = fixed
        for at in order:
            edge = spaced[at] = min(places[at], edge - gap) if sign < 0 else max(places[at], edge + gap)
    return spaced


def _span(low: float, high: float) -> float:
    return max(high - low, abs(high) * _FLAT_SPAN, 1e-12)
