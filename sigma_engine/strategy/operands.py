"""Operands: how people, strategies and columns write a reading, e.g. ``rsi(14)``, ``macd.hist`` or ``ema(9)@1h``."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import SpecError
from sigma_engine.kernels.indicators import CANDLE_FIELDS, INDICATORS, IndicatorEntry, Parameter

_ENTRIES = (*INDICATORS, CANDLE_FIELDS)
_BARE = {part.name: entry for entry in _ENTRIES for part in entry.parts if part.bare}
_NAMED = {entry.name: entry for entry in INDICATORS}
_KNOWN = _NAMED | _BARE

_FORM = re.compile(
    r"\s*([a-z]\w*)\s*(?:\(([^()]*)\))?\s*(?:\.\s*([a-z]\w*))?\s*(?:@\s*(\w+))?\s*", re.IGNORECASE | re.ASCII
)
_NUMBER = re.compile(r"\s*\d{1,9}(?:\.\d{1,9})?\s*", re.ASCII)
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Operand:
    """One reading of one indicator, or a number of the candle.

    ``name`` is what stands before the parentheses, ``parameters`` are complete (defaults filled in), ``part`` stands
    after the dot and is empty where nothing does. ``timeframe`` is the longer one whose closed candles are read, None
    for that of the series. Build it with `parse_operand`, which checks all four.
    """

    name: str
    parameters: tuple[float, ...] = ()
    part: str = ""
    timeframe: Timeframe | None = None

    @property
    def entry(self) -> IndicatorEntry:
        """The indicator's row in the table."""
        return _KNOWN[self.name]

    @property
    def part_index(self) -> int:
        """Which of the kernel's readings it is."""
        return [part.name for part in self.entry.parts].index(self.part or self.name)

    def __str__(self) -> str:
        """The canonical text: default parameters left out only where people leave them out."""
        plain = not self.parameters or (self.entry.short and self.parameters == self.entry.defaults)
        numbers = "" if plain else f"({','.join(_written(value) for value in self.parameters)})"
        longer = f"@{self.timeframe}" if self.timeframe else ""
        return f"{self.name}{numbers}{'.' if self.part else ''}{self.part}{longer}"


@lru_cache(maxsize=2048)
def parse_operand(text: str) -> Operand:
    """The operand a text names, whatever its case and spaces.

    Raises `SpecError` for an unknown name, part or timeframe and for parameters that are too few, too many or out of
    bounds.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise SpecError(f"{_shortened(text)!r} is not an operand; write one like rsi(14), macd.hist or price.")
    name, numbers, part, longer = (group and group.lower() for group in match.groups())
    entry = _KNOWN.get(name)
    if entry is None:
        raise SpecError(_unknown("indicator", name, _KNOWN))
    operand = Operand(name, _parameters(name, entry, numbers), part or "", _timeframe(longer) if longer else None)
    _check_part(operand)
    return operand


def _timeframe(written: str) -> Timeframe:
    if written not in list(Timeframe):
        raise SpecError(f"There is no timeframe {_shortened(written)!r}; write one of {', '.join(Timeframe)}.")
    return Timeframe(written)


def _parameters(name: str, entry: IndicatorEntry, numbers: str | None) -> tuple[float, ...]:
    if numbers is None:
        return entry.defaults
    written = numbers.split(",") if numbers.strip() else []
    if len(written) != len(entry.parameters):
        raise SpecError(_wrong_count(name, entry, numbers))
    values = tuple(_value(name, *pair) for pair in zip(entry.parameters, written, strict=True))
    try:
        entry.build(values, bars_per_year=1.0)
    except ValueError as contradiction:
        raise SpecError(f"{name}({numbers}) cannot be computed: {contradiction}.") from contradiction
    return values


def _value(name: str, parameter: Parameter, written: str) -> float:
    value = float(written) if _NUMBER.fullmatch(written) else float("nan")
    if not parameter.accepts(value):
        kind = "a whole number" if parameter.whole else "a number"
        bounds = f"{_written(parameter.low)} to {_written(parameter.high)}"
        raise SpecError(f"{name}: {parameter.name} must be {kind} from {bounds}, not {_shortened(written.strip())!r}.")
    return int(value) if value.is_integer() else value


def _check_part(operand: Operand) -> None:
    dotted = [part.name for part in operand.entry.parts if not part.bare]
    if operand.name not in _NAMED:
        dotted = []
    if operand.part:
        if operand.part not in dotted:
            raise SpecError(_wrong_part(operand, dotted))
    elif operand.name not in _BARE:
        raise SpecError(f"{operand.name} has several readings; write {_choices(operand.name, dotted)}.")


def _wrong_part(operand: Operand, dotted: list[str]) -> str:
    if not dotted:
        return f"{operand.name} has no part {operand.part!r}; write {Operand(operand.name, operand.parameters)}."
    return f"{operand.name} has no part {operand.part!r}; write {_choices(operand.name, dotted)}."


def _wrong_count(name: str, entry: IndicatorEntry, numbers: str) -> str:
    if not entry.parameters:
        return f"{name} takes no numbers; write {name}."
    names = ", ".join(parameter.name for parameter in entry.parameters)
    example = ",".join(_written(value) for value in entry.defaults)
    count = len(entry.parameters)
    needed = "one number" if count == 1 else f"{count} numbers"
    return f"{name} takes {needed} ({names}), not ({_shortened(numbers)}); write {name}({example})."


def _unknown(what: str, name: str, known: dict[str, IndicatorEntry]) -> str:
    near = get_close_matches(name, known, n=1) if len(name) <= _LONGEST_NAME else []
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}."
    return f"There is no {what} called {_shortened(name)!r}; {hint}"


def _choices(name: str, dotted: list[str]) -> str:
    *rest, last = (f"{name}.{part}" for part in dotted)
    return f"{', '.join(rest)} or {last}" if rest else last


def _written(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(value)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"
