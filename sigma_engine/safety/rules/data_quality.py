"""No entries on data that is not sound."""

import math
from typing import ClassVar

from sigma_engine.safety.proposal import Layer, Proposal


class DataQuality:
    """The candle must have passed its gate, and price and range must be usable numbers."""

    layer: ClassVar = Layer.MARKET
    name: ClassVar = "data quality"

    def check(self, proposal: Proposal) -> str | None:
        """What is wrong with the data."""
        signal = proposal.signal
        if proposal.quality:
            return proposal.quality
        if not (math.isfinite(signal.price) and signal.price > 0):
            return f"the price {signal.price} is no price"
        if not (math.isfinite(signal.atr) and signal.atr > 0):
            return "the market has not moved: no average true range to set a stop by"
        return None
