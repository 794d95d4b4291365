"""What one reading of the exchange found."""

from dataclasses import dataclass

from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.venue import (
    VenueBill,
    VenueFill,
    VenueOrder,
    VenueOrderKind,
    VenueOrderState,
    VenuePosition,
    VenueWallet,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A reading that began at ``at_ms`` of the exchange's clock; a quick one leaves out the last three.

    Its parts were asked for one after the other, orders first, so that what was executed in between shows in the
    later ones. ``ended_orders``, ``fills`` and ``bills`` go back some minutes further than was read before.
    """

    at_ms: int
    open_orders: tuple[VenueOrder, ...]
    ended_orders: tuple[VenueOrder, ...]
    fills: tuple[VenueFill, ...]
    positions: tuple[VenuePosition, ...] | None = None
    wallet: VenueWallet | None = None
    bills: tuple[VenueBill, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether positions and money were read too."""
        return self.positions is not None

    def orders(self) -> tuple[VenueOrder, ...]:
        """All orders; one that ended meanwhile stands last as ended."""
        return (*self.open_orders, *self.ended_orders)

    def resting(self, symbol: str, side: PositionSide, kind: VenueOrderKind) -> list[VenueOrder]:
        """The stops or targets that wait for the position's price."""
        ended = {order.venue_id for order in self.ended_orders}
        return [
            order
            for order in self.open_orders
            if (order.symbol, order.position_side, order.kind) == (symbol, side, kind)
            and order.state is VenueOrderState.LIVE
            and order.side is side.closing
            and order.venue_id not in ended
        ]

    def position(self, symbol: str, side: PositionSide) -> VenuePosition | None:
        """What is held; None too where positions were not read, see `whole`."""
        return next((held for held in self.positions or () if (held.symbol, held.side) == (symbol, side)), None)
