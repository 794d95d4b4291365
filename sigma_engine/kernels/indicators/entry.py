"""What the table of indicators says about each: its kernel, parameters, parts and how people see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from sigma_engine.kernels.indicator import Indicator


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number an indicator is built with: its argument name, default and inclusive bounds; whole unless said."""

    name: str
    default: float
    low: float
    high: float
    whole: bool = True

    def accepts(self, value: float) -> bool:
        """Whether the value lies in the bounds and is whole where it must be."""
        return self.low <= value <= self.high and (not self.whole or float(value).is_integer())


@dataclass(frozen=True, slots=True)
class Part:
    """One reading of an indicator: its name, and the least and greatest value it can take.

    A ``bare`` part is an operand by its own name (``di_plus(14)``); the others follow the indicator's name and a dot
    (``macd.hist``).
    """

    name: str
    low: float = -inf
    high: float = inf
    bare: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """One row of the table of indicators.

    ``name`` is the indicator's name in expressions, ``parts`` are in the kernel's order. ``over_price`` says whether
    it is drawn over the candles, ``per_year`` whether the kernel also takes ``bars_per_year``, ``short`` whether
    default parameters are left out in writing (``macd.hist``, but ``rsi(14)``). ``standard`` are the parameters it
    is shown with unless asked otherwise.
    """

    name: str
    title: str
    kernel: type[Indicator]
    parameters: tuple[Parameter, ...]
    parts: tuple[Part, ...]
    over_price: bool = False
    per_year: bool = False
    short: bool = False
    standard: tuple[tuple[float, ...], ...] | None = None

    @property
    def defaults(self) -> tuple[float, ...]:
        """The default of every parameter."""
        return tuple(parameter.default for parameter in self.parameters)

    @property
    def shown(self) -> tuple[tuple[float, ...], ...]:
        """The parameter sets it is shown with: the defaults, unless the row names others."""
        return (self.defaults,) if self.standard is None else self.standard

    def build(self, values: Sequence[float], bars_per_year: float) -> Indicator:
        """A fresh kernel with these parameters; `ValueError` where they contradict each other."""
        named: dict[str, float] = {
            parameter.name: int(value) if parameter.whole else float(value)
            for parameter, value in zip(self.parameters, values, strict=True)
        }
        if self.per_year:
            named["bars_per_year"] = bars_per_year
        return self.kernel(**named)
