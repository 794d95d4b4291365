"""How much: Kelly with net odds and shrinkage, and the quantities each cap allows (quant.md §4)."""

import cython

if not cython.compiled:
    from math import inf, pow, sqrt


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


def beta_kelly(probability: float, odds: float, samples: int, prior: float) -> float:
    """Kelly of ``probability`` pulled towards break-even, 1/(1 + b), by a Beta prior worth ``prior`` samples."""
    if odds <= 0.0:
        return -inf
    if samples <= 0:
        return 0.0  # break-even itself
    weight = prior + samples
    return kelly((prior / (1.0 + odds) + samples * probability) / weight, odds)


def prudent_kelly(probability: float, odds: float, samples: int, prior: float) -> float:
    """The smaller of the two shrunk figures; 0 where nothing was measured, negative without an edge."""
    shrunk = shrunk_kelly(kelly(probability, odds), probability, odds, samples)
    pulled = beta_kelly(probability, odds, samples, prior)
    return pulled if pulled < shrunk else shrunk


def drawdown_probability(remaining: float, share: float) -> float:
    """P(equity ever falls to ``remaining`` of itself) at ``share`` of full Kelly: x^(2/c - 1)."""
    if share >= 2.0 or remaining >= 1.0:
        return 1.0
    if share <= 0.0 or remaining <= 0.0:
        return 0.0
    return pow(remaining, 2.0 / share - 1.0)


def volatility_multiple(sigma: float, bars_per_year: float, target: float, cap: float) -> float:
    """How much of a size brings the forecast volatility, ``sigma`` a bar, to ``target`` a year; at most ``cap``."""
    yearly = sigma * sqrt(bars_per_year)
    return min(cap, target / yearly) if yearly > 0.0 else cap


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
