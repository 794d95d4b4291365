"""The indicators a strategy, a chart or a file asks for, advancing together over one symbol's candles."""

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.bank import Bank
from sigma_engine.kernels.indicators import INDICATORS, IndicatorEntry
from sigma_engine.strategy.operands import Operand, parse_operand


class IndicatorSet:
    """One column for each operand, in the order given; NaN where undefined.

    Operands that need the same kernel share it (``adx(14)`` and ``di_plus(14)``). A set holds the state of one
    series: give it each closed candle once, in order, by the block or singly, with bit for bit the same result.
    Raises `SpecError` for an operand that does not exist.
    """

    def __init__(self, operands: Sequence[str], timeframe: Timeframe) -> None:
        parsed = [parse_operand(text) for text in operands]
        needed = {_key(operand): operand.entry for operand in parsed}
        members = [entry.build(key[1], timeframe.bars_per_year) for key, entry in needed.items()]
        position = {key: at for at, key in enumerate(needed)}
        self.columns: tuple[str, ...] = tuple(str(operand) for operand in parsed)
        self._bank = Bank(members, [(position[_key(operand)], operand.part_index) for operand in parsed])

    def run(self, candles: Candles) -> NDArray[np.float64]:
        """Advance by a block of closed candles from the present state; (n, columns), the GIL released inside."""
        out = np.empty((len(candles), len(self.columns)))
        c = candles
        self._bank.run(c.open_ms, c.open, c.high, c.low, c.close, c.volume, out)
        return out

    def update(self, candle: Candle) -> NDArray[np.float64]:
        """Advance by one closed candle; (columns,)."""
        return _advance(self._bank, candle, len(self.columns))

    def preview(self, candle: Candle) -> NDArray[np.float64]:
        """What the columns (columns,) would be if the forming candle closed now; the state stays as it is."""
        return _advance(deepcopy(self._bank), candle, len(self.columns))

    def copy(self) -> "IndicatorSet":
        """A set in the same state that goes its own way from here."""
        return deepcopy(self)


def _key(operand: Operand) -> tuple[str, tuple[float, ...]]:
    return operand.entry.name, operand.parameters


def _advance(bank: Bank, candle: Candle, width: int) -> NDArray[np.float64]:
    out = np.empty(width)
    bank.update(candle.open_ms, candle.open, candle.high, candle.low, candle.close, candle.volume, out)
    return out


def _columns(entry: IndicatorEntry) -> list[str]:
    parts = [(part.name, "") if part.bare else (entry.name, part.name) for part in entry.parts]
    return [str(Operand(name, values, part)) for values in entry.shown for name, part in parts]


ALL_COLUMNS: tuple[str, ...] = tuple(column for entry in INDICATORS for column in _columns(entry))
"""Every reading of the sixteen indicators with the parameters they are shown with."""
