"""Measures how late the loop answers: a heartbeat that should come every 50 ms, and by how much it did not."""

import asyncio
from collections import deque

import numpy as np

BEAT_S = 0.05
WINDOW_S = 60.0
SLOW_MS = 50.0


class LagMeter:
    """The lags of the last minute."""

    def __init__(self, beats: int = round(WINDOW_S / BEAT_S)) -> None:
        self._lags_s: deque[float] = deque(maxlen=beats)

    def add(self, lag_s: float) -> None:
        """One beat came ``lag_s`` seconds late."""
        self._lags_s.append(max(0.0, lag_s))

    @property
    def p99_ms(self) -> float:
        """What 99 of 100 beats stayed below, milliseconds; 0 before the first."""
        return float(np.percentile(self._lags_s, 99)) * 1000 if self._lags_s else 0.0


async def beat(meter: LagMeter) -> None:
    """Feed ``meter`` until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + BEAT_S
        await asyncio.sleep(BEAT_S)
        meter.add(loop.time() - due)
