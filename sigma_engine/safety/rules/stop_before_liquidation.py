"""The stop must act well before liquidation does."""

from typing import ClassVar

from sigma_engine.safety.proposal import Layer, Proposal


class StopBeforeLiquidation:
    """The stop's distance is at most a stated share of the distance to liquidation (contracts.md §3)."""

    layer: ClassVar = Layer.ORDER
    name: ClassVar = "stop before liquidation"

    def check(self, proposal: Proposal) -> str | None:
        """Both distances."""
        trade = proposal.trade
        if trade is None:
            return "there is no trade to check"
        to_stop = trade.stop_distance / proposal.signal.price
        to_liquidation = 1 / trade.leverage - float(proposal.instrument.maintenance_rate)
        allowed = proposal.limits.stop_share_of_liquidation * to_liquidation
        if 0 < to_stop <= allowed:
            return None
        return f"the stop is {to_stop:.2%} away, {allowed:.2%} is allowed at {trade.leverage}x"
