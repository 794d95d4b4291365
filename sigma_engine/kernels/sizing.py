"""How much: Kelly with net odds and shrinkage, and the quantities each cap allows (quant.md §4)."""

import cython

if not cython.compiled:
    from math import inf


def net_odds(target: float, stop: float, cost: float) -> float:
    """What a win pays for each unit a loss takes, costs included; all three are fractions of price."""
    return (target - cost) / (stop + cost) if stop + cost > 0.0 else 0.0


def kelly(probability: float, odds: float) -> float:
    """The fraction of equity to risk that grows it fastest, p - (1 - p)/b; negative where there is no edge."""
    return probability - (1.0 - probability) / odds if odds > 0.0 else -inf


def shrunk_kelly(fraction: float, probability: float, odds: float, samples: int) -> float:
    """Kelly shrunk for estimation error, k = f²/(f² + sd²) (Baker & McHale 2013); 0 without any sample."""
    if fraction <= 0.0 or odds <= 0.0:
        return fraction
    if samples <= 0:
        return 0.0
    ratio = (odds + 1.0) / odds
    variance = ratio * ratio * probability * (1.0 - probability) / samples
    return fraction * fraction * fraction / (fraction * fraction + variance)


def risk_quantity(equity: float, risk_fraction: float, stop_distance: float, cost_per_unit: float) -> float:
    """What loses ``risk_fraction`` of equity at the stop, costs of both sides included; base coin."""
    loss = stop_distance + cost_per_unit
    return equity * risk_fraction / loss if loss > 0.0 else 0.0


def margin_quantity(margin: float, leverage: float, price: float) -> float:
    """What ``margin`` USDT can carry at ``leverage``; base coin."""
    return margin * leverage / price if price > 0.0 else 0.0


def leverage_inside_liquidation(stop_fraction: float, maintenance_rate: float, share: float) -> float:
    """The highest leverage at which the stop lies within ``share`` of the way to liquidation."""
    return 1.0 / (stop_fraction / share + maintenance_rate)
