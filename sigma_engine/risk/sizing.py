"""The size of a trade: the smallest of what risk, Kelly, volatility, margin, depth and the market's steps allow."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite, isnan, nan

from sigma_engine.domain.decision import Cap, TradePlan
from sigma_engine.domain.money import ZERO, exact
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.kernels import fills, sizing
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.costs import Costs
from sigma_engine.safety.limits import Limits

FREE_MARGIN_SHARE = 0.98
"""What an entry may take of the free margin: the price still moves before it is filled."""


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
class Caution:
    """How careful the settings ask sizing to be.

    ``volatility_target`` is a fraction a year; a size by risk is multiplied by target over forecast, at most by
    ``volatility_cap``. ``gap_share`` of the stop's distance is allowed for a fill behind the stop, ``depth_share`` of
    the book's usual depth is the most an order may take.
    """

    volatility_target: float = 1.5
    volatility_cap: float = 1.0
    gap_share: float = 0.05
    depth_share: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """Distances of stop and target from the fill, USDT; NaN where there is none."""

    stop_distance: float
    target_distance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What sizing goes by: the strategy's wish, the limits above it, the costs, the care to take."""

    policy: SizingPolicy
    limits: Limits
    costs: Costs
    caution: Caution = Caution()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The trade to be sized: where it would enter and leave, what it costs, what the forecast says of it.

    ``cost`` is all-in, a fraction of ``price``; ``kelly_fraction`` of equity may be risked where the Kelly gate is
    on; ``sigma`` is the forecast standard deviation of one bar, NaN where there is none, ``bars_per_year`` its
    scale. ``reserved`` is the margin that entries on their way will take, USDT.
    """

    side: PositionSide
    price: float
    protection: Protection
    cost: float
    kelly_fraction: float = nan
    sigma: float = nan
    bars_per_year: float = nan
    reserved: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class TooSmall:
    """No trade worth sending: why, and what each cap allowed."""

    reason: str
    caps: tuple[Cap, ...]


def size_trade(wish: Wish, portfolio: Portfolio, terms: Terms, arithmetic: Arithmetic) -> TradePlan | TooSmall:
    """The trade, rounded down to the step, or why there is none worth sending; the first of equal caps binds."""
    leverage = allowed_leverage(wish, terms, arithmetic)
    loss_per_unit = _loss_per_unit(wish, terms.caution)
    limits = tuple(_limits(wish, loss_per_unit, leverage, portfolio, terms, arithmetic))
    caps = tuple(limit.on_step(arithmetic) for limit in limits)
    binding = min((limit for limit in limits if limit.applied), key=lambda limit: limit.quantity)
    quantity = arithmetic.quantity(max(binding.quantity, 0.0))
    if refusal := _refusal(quantity, wish.price, binding.name, arithmetic):
        return TooSmall(refusal, caps)
    protection = wish.protection
    return TradePlan(
        side=wish.side,
        quantity=quantity,
        leverage=leverage,
        stop_distance=protection.stop_distance,
        target_distance=protection.target_distance if isfinite(protection.target_distance) else None,
        risk=exact(fills.money(float(quantity) * loss_per_unit)),
        kelly_fraction=wish.kelly_fraction,
        binding_cap=binding.name,
        caps=caps,
    )


def allowed_leverage(wish: Wish, terms: Terms, arithmetic: Arithmetic) -> int:
    """The strategy's leverage, lowered where its stop would lie too near to liquidation; at least 1."""
    instrument = arithmetic.instrument
    highest = sizing.leverage_inside_liquidation(
        wish.protection.stop_distance / wish.price,
        float(instrument.maintenance_rate),
        terms.limits.stop_share_of_liquidation,
    )
    return max(1, min(terms.policy.leverage, terms.limits.max_leverage, instrument.max_leverage, int(highest)))


def _loss_per_unit(wish: Wish, caution: Caution) -> float:
    """What one unit of the coin loses at the stop, USDT: the distance, a gap behind it, all costs."""
    return wish.protection.stop_distance * (1.0 + caution.gap_share) + wish.price * wish.cost


@dataclass(frozen=True, slots=True)
class _Limit:
    """A cap before it is put on the step; ``quantity`` NaN where it is unknown."""

    name: str
    quantity: float
    applied: bool = True
    note: str = ""

    def on_step(self, arithmetic: Arithmetic) -> Cap:
        known = isfinite(self.quantity)
        quantity = arithmetic.quantity(max(self.quantity, 0.0)) if known else None
        return Cap(self.name, quantity, self.applied, self.note)


def _limits(
    wish: Wish,
    loss_per_unit: float,
    leverage: int,
    portfolio: Portfolio,
    terms: Terms,
    arithmetic: Arithmetic,
) -> Iterator[_Limit]:
    """What each cap allows, in the order a person would ask them."""
    equity, limits = float(portfolio.equity), terms.limits
    yield from _wanted(wish, loss_per_unit, equity, terms)
    risk_cap = sizing.risk_quantity(equity, limits.max_risk_fraction, loss_per_unit, 0.0)
    yield _Limit("risk cap", risk_cap, note=f"{limits.max_risk_fraction:.2%} of equity at the stop")
    yield _kelly(wish, loss_per_unit, equity, terms.policy)
    position_margin = equity * limits.max_position_margin_fraction
    yield _Limit("position margin", sizing.margin_quantity(position_margin, leverage, wish.price))
    # Margin and fee of the entry come out of the same free money.
    reach = 1.0 / (1.0 / leverage + terms.costs.per_side)
    free = FREE_MARGIN_SHARE * float(portfolio.free - wish.reserved)
    held = f"{wish.reserved:.2f} USDT reserved by entries on their way" if wish.reserved else ""
    yield _Limit("free margin", sizing.margin_quantity(free, reach, wish.price), note=held)
    yield _depth(wish, terms.caution, arithmetic)


def _wanted(wish: Wish, loss_per_unit: float, equity: float, terms: Terms) -> Iterator[_Limit]:
    """The strategy's own size: as it states it, or by risk, which a storm lowers and a calm market may raise."""
    policy, caution = terms.policy, terms.caution
    if (stated := _stated(wish.price, equity, policy)) is not None:
        yield _Limit("position size", stated)
        yield _Limit("volatility target", nan, applied=False, note="the strategy states its own size")
        return
    quantity = sizing.risk_quantity(equity, policy.risk_fraction, loss_per_unit, 0.0)
    note = f"{policy.risk_fraction:.2%} of equity at the stop"
    if not wish.sigma > 0:
        yield _Limit("risk per trade", quantity, note=note)
        yield _Limit("volatility target", nan, applied=False, note="there is no forecast of the volatility yet")
        return
    multiple = sizing.volatility_multiple(
        wish.sigma, wish.bars_per_year, caution.volatility_target, caution.volatility_cap
    )
    yield _Limit("risk per trade", quantity * max(multiple, 1.0), note=note)
    yearly = wish.sigma * wish.bars_per_year**0.5
    told = f"{multiple:.2f} times the risk: {caution.volatility_target:.0%} a year aimed at, {yearly:.0%} forecast"
    yield _Limit("volatility target", quantity * multiple, note=told)


def _stated(price: float, equity: float, policy: SizingPolicy) -> float | None:
    if policy.fixed_quantity is not None:
        return policy.fixed_quantity
    if policy.fixed_notional is not None:
        return policy.fixed_notional / price
    if policy.margin_fraction is not None:
        return sizing.margin_quantity(equity * policy.margin_fraction, policy.leverage, price)
    return None


def _kelly(wish: Wish, loss_per_unit: float, equity: float, policy: SizingPolicy) -> _Limit:
    if isnan(wish.kelly_fraction):
        return _Limit("Kelly", 0.0 if policy.kelly_gate else nan, policy.kelly_gate, "the odds are unknown")
    quantity = sizing.risk_quantity(equity, max(wish.kelly_fraction, 0.0), loss_per_unit, 0.0)
    return _Limit("Kelly", quantity, policy.kelly_gate, "" if policy.kelly_gate else "its gate is off")


def _depth(wish: Wish, caution: Caution, arithmetic: Arithmetic) -> _Limit:
    depth = arithmetic.instrument.depth
    if depth is None:
        return _Limit("book depth", nan, applied=False, note="nobody knows the depth of this market's book")
    quantity = caution.depth_share * float(depth) / wish.price
    return _Limit("book depth", quantity, note=f"{caution.depth_share:.0%} of {depth:,.0f} USDT")


def _refusal(quantity: Decimal, price: float, binding: str, arithmetic: Arithmetic) -> str | None:
    instrument = arithmetic.instrument
    if quantity < instrument.step:
        return f"the {binding} leaves less than the smallest order of {instrument.step}"
    value = float(quantity) * price
    if value < instrument.min_cost:
        return f"the {binding} leaves an order of {value:.2f} USDT, the smallest is {instrument.min_cost}"
    return None
