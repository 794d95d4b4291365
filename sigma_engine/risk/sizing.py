"""The size of a trade: the smallest of what risk, Kelly, margin and the market's steps allow, and which it was."""

from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

from sigma_engine.domain.decision import TradePlan
from sigma_engine.domain.money import exact
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.kernels import fills, sizing
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.costs import Costs
from sigma_engine.safety.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class SizingPolicy:
    """What the strategy asks for: ``risk_fraction`` of equity a trade, ``leverage``, Kelly as a cap or only shown.

    ``kelly_share`` is the part of full Kelly that is used; ``fixed_quantity``, ``fixed_notional`` (USDT) or
    ``margin_fraction`` of equity replace sizing by risk where the strategy states its position size.
    """

    risk_fraction: float
    leverage: int
    kelly_share: float = 0.25
    kelly_gate: bool = False
    fixed_quantity: float | None = None
    fixed_notional: float | None = None
    margin_fraction: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """Distances of stop and target from the fill, USDT; NaN where there is none."""

    stop_distance: float
    target_distance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What sizing goes by: the strategy's wish, the limits above it, the costs."""

    policy: SizingPolicy
    limits: Limits
    costs: Costs


def size_trade(
    side: PositionSide,
    price: float,
    protection: Protection,
    kelly_fraction: float,
    portfolio: Portfolio,
    terms: Terms,
    arithmetic: Arithmetic,
) -> TradePlan | str:
    """The trade, rounded down to the step, or why there is none worth sending.

    ``kelly_fraction`` of equity may be risked where the Kelly gate is on; it is reported either way.
    """
    leverage = allowed_leverage(price, protection, terms, arithmetic)
    cost_per_unit = price * terms.costs.round_trip
    caps = _caps(price, protection.stop_distance + cost_per_unit, kelly_fraction, portfolio, terms, leverage)
    binding = min(caps, key=lambda name: caps[name])
    quantity = arithmetic.quantity(max(caps[binding], 0.0))
    if refusal := _too_small(quantity, price, binding, arithmetic):
        return refusal
    return TradePlan(
        side=side,
        quantity=quantity,
        leverage=leverage,
        stop_distance=protection.stop_distance,
        target_distance=protection.target_distance if isfinite(protection.target_distance) else None,
        risk=exact(fills.money(float(quantity) * (protection.stop_distance + cost_per_unit))),
        kelly_fraction=kelly_fraction,
        binding_cap=binding,
    )


def allowed_leverage(price: float, protection: Protection, terms: Terms, arithmetic: Arithmetic) -> int:
    """The strategy's leverage, lowered where its stop would lie too near to liquidation; at least 1."""
    instrument = arithmetic.instrument
    highest = sizing.leverage_inside_liquidation(
        protection.stop_distance / price, float(instrument.maintenance_rate), terms.limits.stop_share_of_liquidation
    )
    return max(1, min(terms.policy.leverage, terms.limits.max_leverage, instrument.max_leverage, int(highest)))


def _caps(
    price: float,
    loss_per_unit: float,
    kelly_fraction: float,
    portfolio: Portfolio,
    terms: Terms,
    leverage: int,
) -> dict[str, float]:
    """Quantity each cap allows, base coin; the first of equals binds."""
    equity, policy, limits = float(portfolio.equity), terms.policy, terms.limits
    caps = _wanted(price, loss_per_unit, equity, policy)
    caps["risk cap"] = sizing.risk_quantity(equity, limits.max_risk_fraction, loss_per_unit, 0.0)
    if policy.kelly_gate:
        caps["Kelly"] = sizing.risk_quantity(equity, kelly_fraction, loss_per_unit, 0.0)
    position_margin = equity * limits.max_position_margin_fraction
    caps["position margin"] = sizing.margin_quantity(position_margin, leverage, price)
    caps["free margin"] = sizing.margin_quantity(0.98 * float(portfolio.free), leverage, price)
    return caps


def _wanted(price: float, loss_per_unit: float, equity: float, policy: SizingPolicy) -> dict[str, float]:
    if policy.fixed_quantity is not None:
        return {"position size": policy.fixed_quantity}
    if policy.fixed_notional is not None:
        return {"position size": policy.fixed_notional / price}
    if policy.margin_fraction is not None:
        return {"position size": sizing.margin_quantity(equity * policy.margin_fraction, policy.leverage, price)}
    return {"risk per trade": sizing.risk_quantity(equity, policy.risk_fraction, loss_per_unit, 0.0)}


def _too_small(quantity: Decimal, price: float, binding: str, arithmetic: Arithmetic) -> str | None:
    instrument = arithmetic.instrument
    if quantity < instrument.step:
        return f"the {binding} leaves less than the smallest order of {instrument.step}"
    value = float(quantity) * price
    if value < instrument.min_cost:
        return f"the {binding} leaves an order of {value:.2f} USDT, the smallest is {instrument.min_cost}"
    return None
