"""Logistic recalibration with a finite memory: what happened teaches how far a probability may be believed."""

from array import array
from collections.abc import Sequence

import cython

from sigma_engine.kernels.ledger import StretchedSums

if not cython.compiled:
    from math import exp, log, nan, sqrt

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
        self.size = size
        self.fitted = False
        self.penalties = tuple(float(each) for each in penalties)
        self._sums = StretchedSums(size + size * (size + 1) // 2, span, stretches)
        self._penalty = array("d", self.penalties)
        self._root = array("d", bytes(8 * size * size))
        self._theta = array("d", bytes(8 * size))
        self._solved = array("d", bytes(8 * size))

    def learn(self, index: int, x: Sequence[float], start: int, p: float, y: float, weight: float) -> None:
        """Take in an outcome y (0 to 1) that matured at candle ``index``, with ``x[start:]`` and ``p`` as stated."""
        at = self._sums.open(index)
        pull = weight * (y - p)
        curve = weight * p * (1.0 - p)
        k = at + self.size
        for i in range(self.size):
            self._sums._sums[at + i] += pull * x[start + i]
            for j in range(i + 1):
                self._sums._sums[k] += curve * x[start + i] * x[start + j]
                k += 1

    def fit(self, index: int) -> None:
        """Work out theta from what is remembered at candle ``index`` (Cholesky)."""
        k = self.size
        for i in range(self.size):
            for j in range(i + 1):
                rest = self._sums.total(index, k)
                k += 1
                if i == j:
                    rest += self._penalty[i]
                for m in range(j):
                    rest -= self._root[i * self.size + m] * self._root[j * self.size + m]
                self._root[i * self.size + j] = sqrt(rest) if i == j else rest / self._root[j * self.size + j]
        self._forward(index)
        for i in range(self.size - 1, -1, -1):
            rest = self._solved[i]
            for m in range(i + 1, self.size):
                rest -= self._root[m * self.size + i] * self._theta[m]
            self._theta[i] = rest / self._root[i * self.size + i]
        self.fitted = True

    def _forward(self, index: int) -> None:
        for i in range(self.size):
            rest = self._sums.total(index, i)
            for m in range(i):
                rest -= self._root[i * self.size + m] * self._solved[m]
            self._solved[i] = rest / self._root[i * self.size + i]

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
            rest = x[start + i]
            for m in range(i):
                rest -= self._root[i * self.size + m] * self._solved[m]
            self._solved[i] = rest / self._root[i * self.size + i]
            total += self._solved[i] * self._solved[i]
        return sqrt(total)

    def copy(self) -> "Recalibration":
        """One in the same state that goes its own way from here."""
        twin = Recalibration(self.penalties, self._sums.span, self._sums.stretches)
        twin._sums = self._sums.copy()
        twin.fitted = self.fitted
        twin._root[:] = self._root
        twin._theta[:] = self._theta
        return twin

    @property
    def theta(self) -> tuple[float, ...]:
        """The coefficients in force."""
        return tuple(self._theta)
