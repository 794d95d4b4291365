"""The indicators a strategy, a chart or a file asks for, advancing together over one symbol's candles."""

import pickle
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import SpecError
from sigma_engine.kernels.bank import Bank
from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.indicators import INDICATORS, IndicatorEntry
from sigma_engine.kernels.indicators.ema import Ema, FourEmas
from sigma_engine.kernels.indicators.higher import HigherTimeframe
from sigma_engine.strategy.operands import Operand, parse_operand

_Key: TypeAlias = tuple[str, tuple[float, ...], Timeframe | None]
_AVERAGES = "ema, ..."
_TOGETHER = 4


class IndicatorSet:
    """One column for each operand, in the order given; NaN where undefined.

    Operands that need the same kernel share it (``adx(14)`` and ``di_plus(14)``). ``rsi(14)@1h`` is the reading of
    the last complete 1h candle, which the set builds from its own ``timeframe``'s. A set holds the state of one
    series: give it each closed candle once, in order, by the block or singly, with bit for bit the same result. A
    candle that is none (a number not finite, a price not above zero, a close outside its range) changes nothing and
    reads NaN. Raises `SpecError` for an operand that does not exist or cannot be built from ``timeframe``.
    """

    def __init__(self, operands: Sequence[str], timeframe: Timeframe) -> None:
        parsed = [_parsed(text, timeframe) for text in operands]
        self.columns: tuple[str, ...] = tuple(str(each) for each in parsed)
        shared = _shared_averages(parsed)
        kernels: dict[_Key, Indicator] = {}
        sources = []
        for each in parsed:
            key, part = shared.get(_key(each), (_key(each), each.part_index))
            if key not in kernels:
                kernels[key] = (
                    FourEmas([int(period) for period in key[1]]) if key[0] == _AVERAGES else _build(each, timeframe)
                )
            sources.append((list(kernels).index(key), part))
        self._bank = Bank(list(kernels.values()), sources)
        self._saved: bytes | None = None

    @property
    def bank(self) -> Bank:
        """The kernel, for another that advances it from now on in place of this set."""
        return self._bank

    def run(self, candles: Candles) -> NDArray[np.float64]:
        """Advance by a block of closed candles from the present state; (n, columns), the GIL released inside."""
        out = np.empty((len(candles), len(self.columns)))
        self.run_into(candles, out)
        return out

    def run_into(self, candles: Candles, out: NDArray[np.float64]) -> None:
        """`run` into an array of yours; a small one, used again for piece after piece, stays in the cache."""
        self._saved = None
        c = candles
        self._bank.run(c.open_ms, c.open, c.high, c.low, c.close, c.volume, out)

    def update(self, candle: Candle) -> NDArray[np.float64]:
        """Advance by one closed candle; (columns,)."""
        self._saved = None
        return _advance(self._bank, candle, len(self.columns))

    def preview(self, candle: Candle) -> NDArray[np.float64]:
        """What the columns (columns,) would be if the forming candle closed now; the state stays as it is."""
        if self._saved is None:
            self._saved = pickle.dumps(self._bank, pickle.HIGHEST_PROTOCOL)
        return _advance(pickle.loads(self._saved), candle, len(self.columns))

    def copy(self) -> "IndicatorSet":
        """A set in the same state that goes its own way from here."""
        twin: IndicatorSet = pickle.loads(pickle.dumps(self, pickle.HIGHEST_PROTOCOL))
        return twin


def _parsed(text: str, timeframe: Timeframe) -> Operand:
    """The operand, if the candles it reads are those of ``timeframe`` or can be built from them."""
    operand = parse_operand(text)
    if operand.timeframe is not None and not _is_built_from(operand.timeframe, timeframe):
        longer = [each for each in Timeframe if _is_built_from(each, timeframe)]
        choices = f"name one of {', '.join(longer)}" if longer else "leave it out"
        raise SpecError(f"{operand} cannot be built from {timeframe} candles: after the @, {choices}.")
    return operand


def _is_built_from(longer: Timeframe, timeframe: Timeframe) -> bool:
    return longer.interval_ms > timeframe.interval_ms and longer.interval_ms % timeframe.interval_ms == 0


def _build(operand: Operand, timeframe: Timeframe) -> Indicator:
    longer = operand.timeframe
    inner = operand.entry.build(operand.parameters, (longer or timeframe).bars_per_year)
    return inner if longer is None else HigherTimeframe(inner, longer.interval_ms, timeframe.interval_ms)


def _key(operand: Operand) -> _Key:
    return operand.entry.name, operand.parameters, operand.timeframe


def _shared_averages(operands: Sequence[Operand]) -> dict[_Key, tuple[_Key, int]]:
    """The kernel that several exponential averages of the series' own candles share, and which reading each is."""
    keys = list(dict.fromkeys(_key(each) for each in operands if each.entry.kernel is Ema and each.timeframe is None))
    shared: dict[_Key, tuple[_Key, int]] = {}
    for start in range(0, len(keys), _TOGETHER):
        group = keys[start : start + _TOGETHER]
        together = (_AVERAGES, tuple(period for _, (period,), _ in group), None)
        shared |= {key: (together, part) for part, key in enumerate(group) if len(group) > 1}
    return shared


def _advance(bank: Bank, candle: Candle, width: int) -> NDArray[np.float64]:
    out: NDArray[np.float64] = np.empty((width, 1))
    bank.update(candle.open_ms, candle.open, candle.high, candle.low, candle.close, candle.volume, out)
    return out.ravel()


def _columns(entry: IndicatorEntry) -> list[str]:
    parts = [(part.name, "") if part.bare else (entry.name, part.name) for part in entry.parts]
    return [str(Operand(name, values, part)) for values in entry.shown for name, part in parts]


ALL_COLUMNS: tuple[str, ...] = tuple(column for entry in INDICATORS for column in _columns(entry))
"""Every reading of the sixteen indicators with the parameters they are shown with."""
