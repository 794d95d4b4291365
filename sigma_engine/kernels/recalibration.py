"""Logistic recalibration with a finite memory: what happened teaches how far a probability may be believed."""

from array import array
from collections.abc import MutableSequence, Sequence

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
        self._sums = StretchedSums(size + size * size, span, stretches)
        self._totals = array("d", bytes(8 * (size + size * size)))
        self._penalty = array("d", self.penalties)
        self._columns = array("d", bytes(8 * size * size))
        self._inverses = array("d", bytes(8 * size))
        self._theta = array("d", bytes(8 * size))
        self._rest = array("d", bytes(8 * size))

    def learn(self, index: int, x: Sequence[float], start: int, p: float, y: float, weight: float) -> None:
        """Take in an outcome y (0 to 1) that matured at candle ``index``, with ``x[start:]`` and ``p`` as stated."""
        at = self._sums.open(index)
        add_scaled(self._sums._sums, at, self.size, weight * (y - p), x, start)
        add_square(self._sums._sums, at + self.size, self.size, 0, weight * p * (1.0 - p), x, start)

    def fit(self, index: int) -> None:
        """Work out theta from what is remembered at candle ``index`` (Cholesky without roots, column by column)."""
        size = self.size
        self._sums.gather(index, self._totals)
        for i in range(size):
            self._totals[size + i * size + i] += self._penalty[i]
            self._rest[i] = self._totals[i]
        for m in range(size):
            self._eliminate(m)
        for m in range(size - 1, -1, -1):
            rest = self._rest[m] * self._inverses[m]
            for i in range(m + 1, size):
                rest -= self._columns[m * size + i] * self._theta[i]
            self._theta[m] = rest
        self.fitted = True

    def _eliminate(self, m: int) -> None:
        """Take column ``m`` out of what is left of the square and of its right side; it is 0 down to its own row."""
        size = self.size
        pivot = self._totals[size + m * size + m]
        inverse = 1.0 / pivot
        self._inverses[m] = inverse
        for i in range(m + 1):
            self._columns[m * size + i] = 0.0
        for i in range(m + 1, size):
            self._columns[m * size + i] = self._totals[size + i * size + m] * inverse
        add_scaled(self._rest, 0, size, -self._rest[m], self._columns, m * size)
        add_square(self._totals, size, size, m + 1, -pivot, self._columns, m * size)

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
            add_scaled(self._rest, 0, self.size, -solved, self._columns, m * self.size)
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


def add_scaled(to: MutableSequence[float], at: int, size: int, scale: float, x: Sequence[float], start: int) -> None:
    """Add ``scale`` times the ``size`` numbers ``x[start:]`` to ``to[at:]``."""
    for i in range(size):
        to[at + i] += scale * x[start + i]


def add_square(
    to: MutableSequence[float], at: int, size: int, first: int, scale: float, x: Sequence[float], start: int
) -> None:
    """Add ``scale x x'`` of the ``size`` numbers ``x[start:]``, from row ``first`` on, to the square at ``to[at:]``.

    Rows go up to the diagonal, in even lengths, which is vector code; what stands beyond it has no meaning.
    """
    if not cython.compiled:
        own = [0.0] * MOST
    for j in range(size):
        own[j] = x[start + j]
    for i in range(first, size):
        scaled = scale * own[i]
        row = at + i * size
        for j in range(min((i | 1) + 1, size)):
            to[row + j] += scaled * own[j]
