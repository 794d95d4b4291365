"""The figures of one candle as lines to read: its prices, and what the overlays say there."""

import math

import numpy as np

from sigma_desktop.panels.chart.readout import Line, Run
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.theme import format
from sigma_desktop.theme.tokens import Token

_LETTERS = "OHLC"
_GROUP_GAP_PX = 9


def candle_line(series: ChartSeries, bar: int, decimals: int) -> Line:
    """Open, high, low, close, and the change from open to close."""
    candle = series.candle(bar)
    token = Token.UP if candle.close >= candle.open else Token.DOWN
    line: list[Run] = []
    for letter, price in zip(_LETTERS, (candle.open, candle.high, candle.low, candle.close), strict=True):
        line.append(Run(letter, Token.T2))
        line.append(Run(format.price(price, decimals), token, gap_px=_GROUP_GAP_PX))
    change = candle.close / candle.open - 1 if candle.open else math.nan
    return (*line, Run(format.percent(change, 2, signed=True), token, 600))


def overlay_line(series: ChartSeries, bar: int, decimals: int) -> Line:
    """Each overlay in its colour, with its values at ``bar``."""
    line: list[Run] = []
    for overlay, curves in series.curves.parts():
        values = " ".join(format.price(value, decimals) for value in np.atleast_1d(curves[:, bar]))
        line.append(Run(overlay.name, overlay.token, 600))
        line.append(Run(values, Token.T1, gap_px=_GROUP_GAP_PX + 3))
    return tuple(line)
