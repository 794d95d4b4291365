"""What the next candles may bring, as a pure fold over closed candles: said, matured, scored, corrected.

The same code with the same state runs live, in replays and in backtests (contracts.md §6). A forecast of every candle
is made; those of the grid (candle index since the epoch divisible by the horizon) do not overlap and are scored.
"""

from array import array
from collections.abc import MutableSequence

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels import room
from sigma_engine.kernels.bootstrap import BlockBootstrap
from sigma_engine.kernels.ledger import StretchedSums
from sigma_engine.kernels.normal import cdf, quantile
from sigma_engine.kernels.odds import BarrierOdds, above, below
from sigma_engine.kernels.paths import PathBank, p_up
from sigma_engine.kernels.pool import OutcomePool
from sigma_engine.kernels.recalibration import Recalibration, logistic
from sigma_engine.kernels.returns import Returns
from sigma_engine.kernels.scoreboard import Scoreboard

if not cython.compiled:
    from math import exp, log, nan, sqrt

GBM, EMPIRICAL, BOOTSTRAP = range(3)
"""Whose bands are said: the plain model's, the matured outcomes' (the default), the resampled surprises'."""

FIGURES = (
    "sigma", "p_up", "p_up_error", "p_up_plain", "p_up_paths", "paths_error",
    "low_70", "low_90", "low_95", "high_70", "high_90", "high_95", "error_70", "error_90", "error_95",
    "p_target", "p_stop", "p_target_short", "p_stop_short", "p_target_error", "p_target_short_error",
    "move", "move_error", "edge", "trust", "matured",
)  # fmt: skip
"""What a forecast says, in the order of a row; bands, their errors and the move are log returns over the horizon."""

MEMORY = 20_000
"""Candles after which the recalibration has forgotten, to within a twentieth."""


class ForecastFold:
    """One symbol's forecasts over ``horizon`` candles, and of its barriers over ``barrier_bars``.

    ``interval_ms`` is the length of a candle. Everything beside the candle comes from the indicators: ``drift`` and
    ``deviation`` of the last 50 log returns, the z-score of 20 closes, the regression slope of 10. ``stop`` and
    ``target`` are the strategy's price distances, NaN where there is none. ``bank`` may be shared between symbols.
    """

    def __init__(
        self, horizon: int, barrier_bars: int, interval_ms: int, model: int = 1, bank: PathBank | None = None
    ) -> None:
        self.horizon = horizon
        self.barrier_bars = barrier_bars
        self.interval_ms = interval_ms
        self.model = model
        self.returns = Returns(interval_ms)
        self.pool = OutcomePool(1000, 50)
        self.blocks = BlockBootstrap(horizon)
        self.bank = PathBank(horizon) if bank is None else bank
        self.odds = BarrierOdds(barrier_bars, 1000, 20)
        self.direction = Recalibration([25.0] + [100.0] * 9, 1000, 20)
        self.evidence = StretchedSums(3, 1000, 20)
        self.board = Scoreboard(1000)
        self.share = 0.0
        self._root = sqrt(horizon)
        self._x = array("d", bytes(8 * horizon * 10))
        self._closes = array("d", [nan] * horizon)
        self._indices = array("q", [-1] * horizon)
        self._index = self._said_index = -1
        self._open_ms = -86_400_000_000_000  # before any candle
        self._at = 0
        self._said_close = self._said_scale = self._said_drift = self._said_deviation = nan
        self._said_p = self._said_model = self._said_raw = 0.5
        self._said_band = array("d", [0.0] * 6)
        self._raw = self._trusted = 0.5
        self.said = array("d", [nan] * len(FIGURES))
        self._changes, self.sigmas, self._close = room.numbers(128), room.numbers(128), room.numbers(1)

    def step(
        self,
        open_ms: int,
        high: float,
        low: float,
        close: float,
        drift: float,
        deviation: float,
        score: float,
        slope: float,
        stop: float,
        target: float,
        out: MutableSequence[float],
    ) -> None:
        """Take in one closed candle with its indicators; ``out`` (26,) gets the forecast from its close."""
        self._close[0] = close
        self.measure(self._close, 0, 1)
        self.advance(0, open_ms, high, low, close, drift, deviation, score, slope, stop, target, 2)
        for k in range(26):
            out[k] = self.said[k]

    def measure(self, closes: NDArray[np.float64], first: int, n: int) -> None:
        """Measure returns and volatility of ``n`` closes from ``first`` on, 128 at most; then each needs an `advance`.

        Where nobody wants more than ``sigmas``, NaN while undefined, it need not be.
        """
        done = 0
        while done < n:
            sound = 0
            while done + sound < n and 0.0 < closes[first + done + sound] <= 1.7976931348623157e308:
                sound += 1
            if sound == 0:
                self.sigmas[done] = nan
                done += 1
            else:
                self.returns.measures(closes, first + done, sound, self._changes, self.sigmas, done)
                done += sound
        for i in range(n):
            self.sigmas[i] = self.sigmas[i] if self.sigmas[i] > 0.0 else nan

    def advance(
        self,
        i: int,
        open_ms: int,
        high: float,
        low: float,
        close: float,
        drift: float,
        deviation: float,
        score: float,
        slope: float,
        stop: float,
        target: float,
        depth: int,
    ) -> None:
        """`step` on the ``i``-th candle measured, to a ``depth``: 2 for all of it, 1 for half; ``said`` gets it.

        At 1 the empirical model says volatility, P(up), trust and matured; the rest of ``said`` stays as it was. A
        close that is no price changes nothing, and nothing is said from it.
        """
        if not 0.0 < close <= 1.7976931348623157e308:  # the greatest number there is
            self._say(0, open_ms, nan, drift, deviation, nan, stop, target, depth)
            return
        index = self._index + 1
        at = self._at + 1 if self._at + 1 < self.horizon else 0
        if open_ms - self._open_ms != self.interval_ms:
            index = open_ms // self.interval_ms
            at = index % self.horizon
        self._open_ms = open_ms
        self._index = index
        self._at = at
        self._mature(index, at, high, low, close, depth)
        self.returns.take(close, self._changes[i], self.sigmas[i])
        if self.model == 2:
            self.blocks.push(self.returns.surprise)
        self.returns.predict(open_ms, drift, deviation, score, slope)
        for k in range(10):
            self._x[at * 10 + k] = self.returns.x[k]
        self._closes[at] = close if self.returns.sigma > 0.0 else nan
        self._indices[at] = index
        self._say(at, open_ms, close, drift, deviation, self.returns.sigma, stop, target, depth)
        if self.returns.sigma > 0.0:
            if at == 0:
                self._keep(index, close, drift, deviation)
            if depth == 2 and index % self.barrier_bars == 0:
                self.odds.begin(index, close, stop, target)

    def run(
        self,
        open_ms: NDArray[np.int64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        inputs: NDArray[np.float64],
        out: NDArray[np.float64],
    ) -> None:
        """Take in a block; ``inputs`` is (n, 6): drift, deviation, z-score, slope, stop, target; ``out`` is (n, 26)."""
        with cython.nogil:
            for i in range(out.shape[0]):
                self.step(
                    open_ms[i], high[i], low[i], close[i], inputs[i, 0], inputs[i, 1], inputs[i, 2], inputs[i, 3],
                    inputs[i, 4], inputs[i, 5], out[i],
                )  # fmt: skip

    def copy(self) -> "ForecastFold":
        """One in the same state that goes its own way from here: the way to look at a candle that still forms."""
        twin = ForecastFold(self.horizon, self.barrier_bars, self.interval_ms, self.model, self.bank)
        twin.returns, twin.pool, twin.blocks = self.returns.copy(), self.pool.copy(), self.blocks.copy()
        twin.odds, twin.direction = self.odds.copy(), self.direction.copy()
        twin.evidence, twin.board, twin.share = self.evidence.copy(), self.board.copy(), self.share
        twin._x[:] = self._x
        twin._closes[:] = self._closes
        twin._indices[:] = self._indices
        twin._index, twin._at, twin._open_ms = self._index, self._at, self._open_ms
        twin._said_index, twin._said_close, twin._said_scale = self._said_index, self._said_close, self._said_scale
        twin._said_drift, twin._said_deviation = self._said_drift, self._said_deviation
        twin._said_p, twin._said_model, twin._said_raw = self._said_p, self._said_model, self._said_raw
        twin._said_band[:] = self._said_band
        return twin

    def _mature(self, index: int, at: int, high: float, low: float, close: float, depth: int) -> None:
        """Learn from what the close of candle ``index``, ``at`` in its grid, has decided."""
        if self._indices[at] == index - self.horizon and self._closes[at] > 0.0:
            happened = 0.5 if close == self._closes[at] else (1.0 if close > self._closes[at] else 0.0)
            for k in range(10):
                self.direction.x[k] = self._x[at * 10 + k]
            self.direction.learn_x(index, 0.5, happened, 1.0 / self.horizon)
        if depth == 2:
            self.odds.follow(index, high, low)
        if at == 0:
            if self._said_index >= 0 and self._said_index == index - self.horizon:
                self._score(index, log(close / self._said_close))
            self._said_index = -1
            self.direction.fit(index)
            if depth == 2:
                self.odds.fit(index)
            self._weigh(index)

    def _score(self, index: int, outcome: float) -> None:
        """Enter the forecast that fell due into the scoreboard, the pool and the evidence for an edge."""
        x = outcome / self._said_scale
        self.board.enter(
            self._said_index * self.interval_ms, self._said_p, self._said_model, outcome, self._place(x),
            self._said_band, self._said_drift, self._said_deviation,
        )  # fmt: skip
        # An outcome of more than ten deviations is data gone mad; as an order statistic it counts the same at ten.
        self.pool.push(min(max(x, -10.0), 10.0))
        happened = 1.0 if outcome > 0.0 else 0.0
        gain = 0.25 - (self._said_raw - happened) * (self._said_raw - happened)
        self.evidence.add(index, 0, gain)
        self.evidence.add(index, 1, gain * gain)
        self.evidence.add(index, 2, 1.0)

    def _place(self, x: float) -> float:
        if self.model == 0:
            spread = self._said_deviation * self._root
            outcome = x * self._said_scale
            return cdf((outcome - self._said_drift * self.horizon) / spread) if spread > 0.0 else nan
        return self.blocks.place(x) if self.model == 2 and self.blocks.drawn else self.pool.place(x)

    def _weigh(self, index: int) -> None:
        """How much of the learned direction is said: none below 1.8 standard errors of its gain, all from 2.8 on."""
        gain = self.evidence.total(index, 0)
        squares = self.evidence.total(index, 1)
        enough = self.evidence.total(index, 2) >= 30.0 and squares > 0.0
        self.share = min(max(gain / sqrt(squares) - 1.8, 0.0), 1.0) if enough else 0.0

    def _keep(self, index: int, close: float, drift: float, deviation: float) -> None:
        """Remember the forecast just said, to be scored when it is due."""
        self._said_index = index
        self._said_close = close
        self._said_scale = self.returns.sigma * self._root
        self._said_drift = drift
        self._said_deviation = deviation
        self._said_p = self.said[1]
        self._said_model = self._trusted
        self._said_raw = self._raw
        for k in range(6):
            self._said_band[k] = self.said[6 + k]

    def _say(
        self,
        at: int,
        open_ms: int,
        close: float,
        drift: float,
        deviation: float,
        sigma: float,
        stop: float,
        target: float,
        depth: int,
    ) -> None:
        """Write the forecast from ``close``; NaN throughout while the volatility is undefined or nothing moves."""
        self.said[24] = self.board.trust
        self.said[25] = self.board.matured
        if not (sigma > 0.0 and close > 0.0):
            for k in range(24):
                self.said[k] = nan
            return
        self.said[0] = sigma
        if depth == 1:
            # Only on the grid is what nobody believes kept.
            self._trusted = 0.5
            if self.share > 0.0 or at == 0:
                self._lean(at)
            self.said[1] = 0.5 if self.board.trust == 3 else self._trusted
            if at == 0:
                self._say_band_ends(sigma * self._root)
                self._bound()
            return
        self.said[3] = p_up(drift, deviation, self.horizon)
        self.said[4] = self.bank.p_up(drift, deviation)
        self.said[5] = self.bank.p_up_error(drift, deviation)
        self._say_direction(at, drift, deviation, sigma)
        self._say_bands(open_ms, drift, deviation, sigma * self._root)
        self._bound()
        self._say_odds(open_ms, close, drift, deviation, sigma, stop, target)

    def _say_odds(
        self,
        open_ms: int,
        close: float,
        drift: float,
        deviation: float,
        sigma: float,
        stop: float,
        target: float,
    ) -> None:
        """Target or stop first: by the closed form, or by paths of the market's own surprises, and corrected."""
        if self.model == 2 and self.blocks.seen >= 50 and stop > 0.0:
            long_target = self.blocks.touch(above(target, close), below(stop, close), sigma, self.barrier_bars, open_ms)
            long_stop = self.blocks.other
            short_stop = self.blocks.touch(above(stop, close), below(target, close), sigma, self.barrier_bars, open_ms)
            self.odds.take(long_target, long_stop, self.blocks.other, short_stop)
        elif self.model == 0:
            self.odds.state(close, drift, deviation, stop, target)
        else:
            self.odds.state(close, 0.0, sigma, stop, target)
        self.odds.quote(self.said, 15)

    def _say_direction(self, at: int, drift: float, deviation: float, sigma: float) -> None:
        """P(up) and the mean move it implies, each with its error."""
        self._lean(at)
        p = self._trusted
        error = self.direction.error(self._x, at * 10) * p * (1.0 - p)
        if self.model == 0:
            p = self.said[3]
            # The mean of 50 returns is known to a 50th of their variance.
            error = density(quantile(p)) * sqrt(self.horizon / 50.0) if 0.0 < p < 1.0 else 0.0
        self._trusted = p
        self.said[1] = 0.5 if self.board.trust == 3 else p
        self.said[2] = error
        spread = sigma * self._root
        self.said[21] = spread * quantile(min(max(self.said[1], 0.001), 0.999))
        self.said[22] = spread * error / density(quantile(min(max(self.said[1], 0.001), 0.999)))
        self.said[23] = self.share if self.model else 0.0

    def _say_band_ends(self, spread: float) -> None:
        """Bands as wide as the outcomes so far."""
        for k in range(3):
            self.said[6 + k] = spread * self.pool.quantile(tail_of(k))
            self.said[9 + k] = spread * self.pool.quantile(1.0 - tail_of(k))

    def _lean(self, at: int) -> None:
        """Which way the learned direction leans, and how much of that is believed."""
        self._raw = logistic(self.direction.shift(self._x, at * 10))
        self._trusted = 0.5 + self.share * (self._raw - 0.5)

    def _bound(self) -> None:
        """Keep band ends within a factor of e^20 of the price, so that no market is wild enough to break arithmetic."""
        for k in range(6, 12):
            self.said[k] = min(max(self.said[k], -20.0), 20.0)

    def _say_bands(self, open_ms: int, drift: float, deviation: float, spread: float) -> None:
        # Paths are drawn anew with each forecast that is scored, and only scaled to the volatility between.
        if self.model == 2 and (not self.blocks.drawn or open_ms // self.interval_ms % self.horizon == 0):
            self.blocks.draw(open_ms)
        if self.model == 1 or (self.model == 2 and not self.blocks.drawn):
            self._say_band_ends(spread)
        for k in range(3):
            tail = tail_of(k)
            if self.model == 0:
                middle = drift * self.horizon
                width = -quantile(tail) * deviation * self._root
                self.said[6 + k] = middle - width
                self.said[9 + k] = middle + width
                self.said[12 + k] = deviation * sqrt(self.horizon * self.horizon / 50.0)
            elif self.model == 2 and self.blocks.drawn:
                self.said[6 + k] = spread * self.blocks.quantile(tail)
                self.said[9 + k] = spread * self.blocks.quantile(1.0 - tail)
                self.said[12 + k] = spread * sqrt(tail * (1.0 - tail) / 1000.0) / density(quantile(tail))
            else:
                self.said[12 + k] = 0.5 * spread * (self.pool.error(tail) + self.pool.error(1.0 - tail))


def tail_of(band: int) -> float:
    """How much lies beyond either end of the bands of 70, 90 and 95 %."""
    return 0.15 if band == 0 else (0.05 if band == 1 else 0.025)


def density(x: float) -> float:
    """The standard normal density."""
    return 0.3989422804014327 * exp(-0.5 * x * x)
