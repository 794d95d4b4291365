"""Logistic recalibration with a finite memory: what happened teaches how far a probability may be believed."""

from array import array
from collections.abc import Sequence

import cython

from sigma_engine.kernels.ledger import StretchedSums

if not cython.compiled:
    from math import exp, log, nan, sqrt

MOST = 16
"""How many predictors a recalibration can have."""

LIMIT = 6.0
"""Logits are kept within this: .25 % to 99.75 %."""


def logit(p: float) -> float:
    """``log(p / (1 - p))`` within the limits."""
    if p <= 0.002472623156634775:
        return -6.0
    return 6.0 if p >= 0.997527376843365225 else log(p / (1.0 - p))


def logistic(x: float) -> float:
    """The probability of a logit, which is kept within the limits."""
    return 1.0 / (1.0 + exp(-min(max(x, -6.0), 6.0)))


class Recalibration:
    """Corrects the logit of a stated probability p by ``theta' x`` with ``theta`` learned from matured outcomes y.

    One Newton step of the penalised logistic likelihood from theta = 0: with H = sum w p (1 - p) x x' and
    g = sum w (y - p) x over the memory, ``theta = (H + penalty)^-1 g``. Corrections here are small, where one step is
    as good as many; being linear in the sums it forgets exactly (`kernels.ledger`). The penalties (of the size of
    ``n p (1 - p)``) shrink theta to 0, that is, p stays what it was until there is evidence.
    """

    def __init__(self, penalties: Sequence[float], span: int, stretches: int) -> None:
        size = len(penalties)
        if size > MOST:
            raise ValueError(f"at most {MOST} predictors can be weighed, not {size}")
        self.size = size
        self.fitted = False
        self.penalties = tuple(float(each) for each in penalties)
        width = size + size * (size + 1) // 2
        self._sums = StretchedSums(width, span, stretches)
        self._totals = array("d", bytes(8 * width))
        self._square = array("d", bytes(8 * size * size))
        self.x = array("d", bytes(8 * size))
        self._penalty = array("d", self.penalties)
        self._columns = array("d", bytes(8 * size * size))
        self._inverses = array("d", bytes(8 * size))
        self._theta = array("d", bytes(8 * size))
        self._rest = array("d", bytes(8 * size))

    def learn(self, index: int, x: Sequence[float], start: int, p: float, y: float, weight: float) -> None:
        """Take in an outcome y (0 to 1) that matured at candle ``index``, with ``x[start:]`` and ``p`` as stated."""
        for i in range(self.size):
            self.x[i] = x[start + i]
        self.learn_x(index, p, y, weight)

    def learn_x(self, index: int, p: float, y: float, weight: float) -> None:
        """`learn` with the predictors that stand in ``x``."""
        size = self.size
        at = self._sums.open(index)
        pull = weight * (y - p)
        curve = weight * p * (1.0 - p)
        if not cython.compiled:
            own = [0.0] * MOST
        for j in range(size):
            own[j] = self.x[j]
            self._sums._sums[at + j] += pull * own[j]
        k = at + size
        if size == 10:  # as many as `kernels.returns` gives: loops of known lengths are taken apart
            for i in range(10):
                scaled = curve * own[i]
                for j in range(i + 1):
                    self._sums._sums[k + j] += scaled * own[j]
                k += i + 1
            return
        for i in range(size):
            scaled = curve * own[i]
            for j in range(i + 1):
                self._sums._sums[k + j] += scaled * own[j]
            k += i + 1

    def fit(self, index: int) -> None:
        """Work out theta from what is remembered at candle ``index`` (Cholesky without roots, column by column)."""
        size = self.size
        self._sums.gather(index, self._totals)
        k = size
        for i in range(size):
            self._rest[i] = self._totals[i]
            for j in range(i + 1):
                self._square[i * size + j] = self._totals[k + j]
            k += i + 1
            self._square[i * size + i] += self._penalty[i]
        for m in range(size):
            self._eliminate(m)
        for m in range(size - 1, -1, -1):
            rest = self._rest[m] * self._inverses[m]
            for i in range(m + 1, size):
                rest -= self._columns[m * size + i] * self._theta[i]
            self._theta[m] = rest
        self.fitted = True

    def _eliminate(self, m: int) -> None:
        """Take column ``m`` out of what is left of the square and of its right side."""
        size = self.size
        pivot = self._square[m * size + m]
        inverse = 1.0 / pivot
        self._inverses[m] = inverse
        if not cython.compiled:
            own = [0.0] * MOST
        for i in range(m + 1, size):
            own[i] = self._square[i * size + m] * inverse
            self._columns[m * size + i] = own[i]
            self._rest[i] -= self._rest[m] * own[i]
        for i in range(m + 1, size):
            scaled = pivot * own[i]
            for j in range(m + 1, i + 1):
                self._square[i * size + j] -= scaled * own[j]

    def shift(self, x: Sequence[float], start: int) -> float:
        """What ``theta' x`` adds to a logit; 0 before the first `fit`."""
        answer = 0.0
        for i in range(self.size):
            answer += self._theta[i] * x[start + i]
        return answer

    def error(self, x: Sequence[float], start: int) -> float:
        """The standard error of `shift`, the prior's spread included; NaN before the first `fit`."""
        if not self.fitted:
            return nan
        total = 0.0
        for i in range(self.size):
            self._rest[i] = x[start + i]
        for m in range(self.size):
            solved = self._rest[m]
            total += solved * solved * self._inverses[m]
            for i in range(m + 1, self.size):
                self._rest[i] -= solved * self._columns[m * self.size + i]
        return sqrt(total)

    def copy(self) -> "Recalibration":
        """One in the same state that goes its own way from here."""
        twin = Recalibration(self.penalties, self._sums.span, self._sums.stretches)
        twin._sums = self._sums.copy()
        twin.fitted = self.fitted
        twin._columns[:] = self._columns
        twin._inverses[:] = self._inverses
        twin._theta[:] = self._theta
        return twin

    @property
    def theta(self) -> tuple[float, ...]:
        """The coefficients in force."""
        return tuple(self._theta)
