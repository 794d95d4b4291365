"""No order risks or binds more than the account allows."""

from typing import ClassVar

from sigma_engine.safety.proposal import Layer, Proposal

TOLERANCE = 1e-6


class RiskCap:
    """Risk at the stop and margin of the sized order stay below their shares of equity."""

    layer: ClassVar = Layer.ORDER
    name: ClassVar = "risk cap"

    def check(self, proposal: Proposal) -> str | None:
        """The share against the cap."""
        trade, limits, equity = proposal.trade, proposal.limits, proposal.portfolio.equity
        if trade is None or equity <= 0:
            return "there is no trade to check"
        risked = float(trade.risk / equity)
        if risked > limits.max_risk_fraction + TOLERANCE:
            return f"it risks {risked:.2%} of equity, the cap is {limits.max_risk_fraction:.2%}"
        bound = float(trade.quantity) * proposal.signal.price / trade.leverage / float(equity)
        if bound > limits.max_position_margin_fraction + TOLERANCE:
            return f"it binds {bound:.1%} of equity, the cap is {limits.max_position_margin_fraction:.0%}"
        if trade.leverage > limits.max_leverage:
            return f"leverage {trade.leverage}x is above the cap of {limits.max_leverage}x"
        return None
