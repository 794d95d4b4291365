"""Decimal for what belongs to somebody; the one visible way across from the kernels' floats."""

from decimal import Decimal

from sigma_engine.errors import DomainError

ZERO = Decimal(0)


def exact(value: float) -> Decimal:
    """The Decimal a kernel's rounded float stands for: shortest digits that read back to the same float.

    Kernels round prices to the tick, quantities to the step and money to 1e-8 before they hand them over, so
    these digits are the amount itself. Raises `DomainError` for NaN and infinity.
    """
    amount = Decimal(repr(float(value)))
    if not amount.is_finite():
        raise DomainError(f"an amount is a finite number, was {value!r}")
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount


def bare(amount: Decimal) -> Decimal:
    """The same finite amount without the zeros its fraction may end on."""
    sign, digits, exponent = amount.as_tuple()
    assert isinstance(exponent, int), "a finite amount has an exponent"
    ending = next((at for at, digit in enumerate(reversed(digits)) if digit), None)
    if ending is None:
        return ZERO
    spare = min(ending, max(0, -exponent))
    return Decimal((sign, digits[: len(digits) - spare], exponent + spare))


def require_positive(name: str, amount: Decimal) -> None:
    """Raise `DomainError` unless ``amount`` is a finite Decimal above zero."""
    if not (isinstance(amount, Decimal) and amount.is_finite() and amount > 0):
        raise DomainError(f"{name} is a finite positive Decimal, was {amount!r}")
