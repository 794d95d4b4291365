"""What trading costs, as fractions of the traded value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """Fee and slippage a side; the defaults are WEEX's taker fee and one basis point of slippage."""

    fee_rate: float = 0.0008
    slippage_fraction: float = 0.0001

    @classmethod
    def all_in(cls, basis_points: float) -> "Costs":
        """Everything a side in one figure, replacing fee and slippage (``--cost-bps``)."""
        return cls(basis_points / 10_000, 0.0)

    @property
    def per_side(self) -> float:
        """Fee and slippage of one fill."""
        return self.fee_rate + self.slippage_fraction

    @property
    def round_trip(self) -> float:
        """Fee and slippage of entry and exit."""
        return 2 * self.per_side
