"""No entries after the day's loss limit."""

from typing import ClassVar

from sigma_engine.safety.proposal import Layer, Proposal


class DailyLoss:
    """Equity must not have fallen by the limit since 00:00 UTC."""

    layer: ClassVar = Layer.ACCOUNT
    name: ClassVar = "daily loss"

    def check(self, proposal: Proposal) -> str | None:
        """The loss against the limit."""
        portfolio, limit = proposal.portfolio, proposal.limits.max_daily_loss_fraction
        if portfolio.day_open_equity <= 0:
            return "the account has no equity"
        lost = -float(portfolio.pnl_today / portfolio.day_open_equity)
        return f"down {lost:.2%} today, the limit is {limit:.2%}" if lost >= limit else None
