"""Where the candles of a frame lie on the device: one a bucket of the pyramid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigma_desktop.panels.chart.columns import Block
from sigma_desktop.panels.chart.frame import Frame
from sigma_desktop.panels.chart.pyramid import Pyramid, Row

_BODY_SHARE = 0.7
_NARROWEST_PITCH = 3


@dataclass(frozen=True, slots=True)
class Buckets:
    """Some buckets: their ``columns`` (5, n), the device x of their middles and the width of their bodies."""

    columns: Block
    x: Block
    body: int
    rising: NDArray[np.bool_]

    def sides(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rising ones and the falling ones, as indices."""
        return np.flatnonzero(self.rising), np.flatnonzero(~self.rising)


def buckets_of(pyramid: Pyramid, frame: Frame) -> Buckets:
    """The buckets to be painted in ``frame``."""
    step, values = 1 << frame.level, pyramid.level(frame.level)
    start, stop = frame.start >> frame.level, -(-frame.stop >> frame.level)
    columns = values[:, start:stop]
    middles = np.arange(start, start + columns.shape[1]) * step + (step - 1) / 2
    x = np.floor(middles * frame.sx + frame.dx)
    return Buckets(columns, x, body_width(frame.sx * step, frame.hair), columns[Row.CLOSE] >= columns[Row.OPEN])


def body_width(pitch: float, hair: int) -> int:
    """Device pixels of a body, so much over the wick's ``hair`` on both sides; the wick alone where it is narrow."""
    if pitch < _NARROWEST_PITCH * hair:
        return hair
    body = int(pitch * _BODY_SHARE)
    return max(hair, body + (body - hair) % 2)
