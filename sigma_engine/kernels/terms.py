"""What a simulated trade goes by, as plain numbers: the instrument's grid, costs, exits, size and limits.

The nouns with the reasons are `domain.instrument`, `risk.costs`, `strategy.plan`, `risk.sizing` and `safety.limits`;
where one of them says None, NaN stands here.
"""

import cython

from sigma_engine.kernels.distances import distance
from sigma_engine.kernels.fills import slippage_fraction

if not cython.compiled:
    from math import nan


class Grid:
    """An instrument: ``tick`` and ``step`` as ``(units, scale)`` of `kernels.fills`, ``depth`` NaN where unknown."""

    def __init__(
        self,
        tick: tuple[float, float],
        step: tuple[float, float],
        smallest: float,
        min_cost: float,
        maintenance_rate: float,
        max_leverage: int,
        depth: float,
    ) -> None:
        self.tick_units, self.tick_scale = tick
        self.step_units, self.step_scale = step
        self.smallest = smallest
        self.min_cost = min_cost
        self.maintenance_rate = maintenance_rate
        self.max_leverage = max_leverage
        self.depth = depth


class CostTerms:
    """Fees and slippage a side; ``maker`` NaN: targets are market orders. ``enough_fills`` make slippage measured."""

    def __init__(
        self,
        fee: float,
        maker: float,
        slippage: float,
        range_share: float,
        spread: float,
        latency_bars: int,
        enough_fills: int,
    ) -> None:
        self.fee = fee
        self.maker = maker
        self.slippage = slippage
        self.range_share = range_share
        self.spread = spread
        self.latency_bars = latency_bars
        self.enough_fills = enough_fills

    def slippage_at(self, range: float, price: float) -> float:
        """The slippage of a fill at ``price`` in a market of this ``range`` (ATR)."""
        if self.range_share > 0.0 and price > 0.0:
            return slippage_fraction(self.slippage, self.range_share, range / price)
        return self.slippage

    def adverse(self, range: float, price: float) -> float:
        """How much worse than the middle of the book such a fill is: slippage and half the spread."""
        return self.slippage_at(range, price) + 0.5 * self.spread


class ExitTerms:
    """Distances as ``(measure, value)`` of `kernels.distances`; without break-even NaN, without a time stop 0."""

    def __init__(
        self,
        stop: tuple[int, float],
        target: tuple[int, float],
        trailing: tuple[int, float],
        breakeven_at_r: float,
        time_stop_bars: int,
    ) -> None:
        self.stop_measure, self.stop_value = stop
        self.target_measure, self.target_value = target
        self.trailing_measure, self.trailing_value = trailing
        self.breakeven_at_r = breakeven_at_r
        self.moves = breakeven_at_r > 0.0 or self.trailing_measure != 0
        self.time_stop_bars = time_stop_bars

    def stop(self, price: float, atr: float) -> float:
        """How far the stop lies from ``price``."""
        return distance(self.stop_measure, self.stop_value, price, atr, nan)

    def target(self, price: float, atr: float, stop: float) -> float:
        """How far the target lies from ``price``; NaN without one."""
        return distance(self.target_measure, self.target_value, price, atr, stop)

    def trailing(self, price: float, atr: float) -> float:
        """How far the trailing stop stays behind the best price; NaN without one."""
        return distance(self.trailing_measure, self.trailing_value, price, atr, self.stop(price, atr))


class SizeTerms:
    """What the strategy asks for and how careful sizing is; a stated size is one of three, the others NaN."""

    def __init__(
        self,
        risk_fraction: float,
        leverage: int,
        fixed_quantity: float,
        fixed_notional: float,
        margin_fraction: float,
        volatility_target: float,
        volatility_cap: float,
        gap_share: float,
        depth_share: float,
        free_margin_share: float,
        bars_per_year: float,
    ) -> None:
        self.risk_fraction = risk_fraction
        self.leverage = leverage
        self.fixed_quantity = fixed_quantity
        self.fixed_notional = fixed_notional
        self.margin_fraction = margin_fraction
        self.volatility_target = volatility_target
        self.volatility_cap = volatility_cap
        self.gap_share = gap_share
        self.depth_share = depth_share
        self.free_margin_share = free_margin_share
        self.bars_per_year = bars_per_year


class GateTerms:
    """Which gates decide, and what they go by."""

    def __init__(
        self,
        edge: bool,
        probability: bool,
        kelly: bool,
        kelly_share: float,
        moderate: float,
        prior_samples: float,
        least_matured: int,
        horizon_bars: int,
        barrier_bars: int,
    ) -> None:
        self.edge = edge
        self.probability = probability
        self.kelly = kelly
        self.kelly_share = kelly_share
        self.moderate = moderate
        self.prior_samples = prior_samples
        self.least_matured = least_matured
        self.horizon_bars = horizon_bars
        self.barrier_bars = barrier_bars


class LimitTerms:
    """What is allowed, fractions of equity; ``max_trades_per_day`` 0: no such limit."""

    def __init__(
        self,
        max_positions: int,
        max_trades_per_day: int,
        max_daily_loss: float,
        cooldown_ms: int,
        max_leverage: int,
        max_risk: float,
        max_margin: float,
        stop_share: float,
        tolerance: float,
    ) -> None:
        self.max_positions = max_positions
        self.max_trades_per_day = max_trades_per_day
        self.max_daily_loss = max_daily_loss
        self.cooldown_ms = cooldown_ms
        self.max_leverage = max_leverage
        self.max_risk = max_risk
        self.max_margin = max_margin
        self.stop_share = stop_share
        self.tolerance = tolerance
