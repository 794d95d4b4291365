"""What the strategy and the settings allow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one strategy under the settings' own; fractions are of equity, ``None`` means no such limit."""

    max_positions: int = 8
    max_trades_per_day: int | None = None
    max_daily_loss_fraction: float = 0.05
    cooldown_ms: int = 0
    max_leverage: int = 20
    max_risk_fraction: float = 0.02
    max_position_margin_fraction: float = 0.25
    stop_share_of_liquidation: float = 0.7
