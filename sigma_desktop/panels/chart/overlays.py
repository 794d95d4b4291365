"""The curves that can be laid over the candles, and their values as the engine's own indicators give them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from sigma_desktop.panels.chart.columns import Block, Columns
from sigma_desktop.theme.tokens import Token
from sigma_engine import Candle, Candles, IndicatorSet, Timeframe


class Shape(Enum):
    """How an overlay is drawn."""

    LINE = auto()
    BAND = auto()
    """Its first and last curve bound a filled band."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """One row of the Indicators menu: ``operands`` name its curves in the language of strategies.

    A ``daily`` one begins anew at 00:00 UTC.
    """

    name: str
    operands: tuple[str, ...]
    token: Token
    shape: Shape = Shape.LINE
    default: bool = False
    daily: bool = False


OVERLAYS = (
    Overlay("EMA 9", ("ema(9)",), Token.WARN),
    Overlay("EMA 20", ("ema(20)",), Token.ACCENT, default=True),
    Overlay("EMA 50", ("ema(50)",), Token.VIOLET, default=True),
    Overlay("EMA 200", ("ema(200)",), Token.SAND),
    Overlay("SMA 20", ("sma(20)",), Token.T1),
    Overlay("Bollinger", ("bb.upper", "bb.lower"), Token.T2, Shape.BAND, default=True),
    Overlay("VWAP", ("vwap",), Token.CYAN, default=True, daily=True),
)


class OverlayCurves:
    """The values of ``overlays`` for every candle, one row an operand, NaN while undefined."""

    def __init__(self, overlays: Iterable[Overlay], candles: Candles, timeframe: Timeframe) -> None:
        self.overlays = tuple(overlays)
        operands = tuple(operand for overlay in self.overlays for operand in overlay.operands)
        self._set = IndicatorSet(operands, timeframe) if operands else None
        self._columns = Columns(self._run(candles))

    @property
    def count(self) -> int:
        """How many candles have values."""
        return self._columns.count

    def parts(self) -> list[tuple[Overlay, Block]]:
        """Each overlay with its curves, ``(operands, n)``; views."""
        values, start, parts = self._columns.values, 0, []
        for overlay in self.overlays:
            stop = start + len(overlay.operands)
            parts.append((overlay, values[start:stop]))
            start = stop
        return parts

    def settled(self, candle: Candle) -> Block:
        """The values at the closed ``candle``, which the next ones build on."""
        return np.empty(0) if self._set is None else self._set.update(candle)

    def preview(self, candle: Candle) -> Block:
        """The values at the forming ``candle``; changes nothing."""
        return np.empty(0) if self._set is None else self._set.preview(candle)

    def append(self, values: Block) -> None:
        """Add the values of one more candle."""
        self._columns.append(values)

    def replace_last(self, values: Block) -> None:
        """Put ``values`` in the place of the last candle's."""
        self._columns.replace_last(values)

    def _run(self, candles: Candles) -> Block:
        return np.empty((0, len(candles))) if self._set is None else self._set.run(candles).T
