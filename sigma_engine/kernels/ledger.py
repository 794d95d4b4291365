"""Sums with a finite memory that never drift: kept by stretches of the candle index, and the oldest stretch dropped."""

from array import array


class StretchedSums:
    """``width`` sums over the last ``stretches`` stretches of ``span`` candles, the present one included.

    A stretch is ``index // span`` of a candle's index since the epoch. What is remembered depends on the index alone,
    never on where the series began, and totals are added up anew in one fixed order.
    """

    def __init__(self, width: int, span: int, stretches: int) -> None:
        if width < 1 or span < 1 or stretches < 1:
            raise ValueError("sums need a width, a span and a number of stretches of at least one")
        self.width = width
        self.span = span
        self.stretches = stretches
        self._sums = array("d", bytes(8 * width * stretches))
        self._numbers = array("q", [-1] * stretches)

    def open(self, index: int) -> int:
        """Where the sums of the stretch of ``index`` begin; a stretch that is new starts at zero."""
        number = index // self.span
        slot = number % self.stretches
        at = slot * self.width
        if self._numbers[slot] != number:
            self._numbers[slot] = number
            for k in range(self.width):
                self._sums[at + k] = 0.0
        return at

    def total(self, index: int, k: int) -> float:
        """The sum ``k`` over the stretches that are remembered at ``index``."""
        newest = index // self.span
        answer = 0.0
        for slot in range(self.stretches):
            if newest - self.stretches < self._numbers[slot] <= newest:
                answer += self._sums[slot * self.width + k]
        return answer

    def add(self, index: int, k: int, amount: float) -> None:
        """Add ``amount`` to the sum ``k`` in the stretch of ``index``."""
        self._sums[self.open(index) + k] += amount

    def copy(self) -> "StretchedSums":
        """One in the same state that goes its own way from here."""
        twin = StretchedSums(self.width, self.span, self.stretches)
        twin._sums[:] = self._sums
        twin._numbers[:] = self._numbers
        return twin
