"""Whole-number arithmetic of money; what does not divide is rounded half away from zero."""

from sigma_engine.practice.nouns import UNIT


def scaled(amount: int, numerator: int, denominator: int) -> int:
    """``amount`` x ``numerator`` / ``denominator``, rounded half away from zero; ``denominator`` is positive."""
    product = amount * numerator
    rounded = (2 * abs(product) + denominator) // (2 * denominator)
    return rounded if product >= 0 else -rounded


def value_of(price: int, quantity: int) -> int:
    """What ``quantity`` is worth at ``price``."""
    return scaled(price, quantity, UNIT)


def rated(amount: int, rate: int) -> int:
    """The share ``rate`` (parts of one) of ``amount``."""
    return scaled(amount, rate, UNIT)


def floored(number: int, step: int) -> int:
    """The largest multiple of ``step`` that is not above ``number``."""
    return number - number % step


def raised(number: int, step: int) -> int:
    """The smallest multiple of ``step`` that is not below ``number``."""
    return number + -number % step


def nearest(number: int, step: int) -> int:
    """The multiple of ``step`` nearest to ``number``, the upper one of two."""
    return floored(number + step // 2, step)
