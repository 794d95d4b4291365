"""Sums with a finite memory that never drift: kept by stretches of the candle index, and the oldest stretch dropped."""

from array import array
from collections.abc import MutableSequence


class StretchedSums:
    """``width`` sums over the last ``stretches`` stretches of ``span`` candles, the present one included.

    A stretch is ``index // span`` of a candle's index since the epoch. What is remembered depends on the index alone,
    never on where the series began, and totals are added up anew in one fixed order: the stretches before, then the
    present one.
    """

    def __init__(self, width: int, span: int, stretches: int) -> None:
        if width < 1 or span < 1 or stretches < 1:
            raise ValueError("sums need a width, a span and a number of stretches of at least one")
        self.width = width
        self.span = span
        self.stretches = stretches
        self._sums = array("d", bytes(8 * width * stretches))
        self._numbers = array("q", [-1] * stretches)
        self._before = array("d", bytes(8 * width))
        self._settled = -1
        self._from = -span
        self._at = 0

    def open(self, index: int) -> int:
        """Where the sums of the stretch of ``index`` begin; a stretch that is new starts at zero."""
        if not self._from <= index < self._from + self.span:
            self._turn_to(index // self.span)
        return self._at

    def _turn_to(self, number: int) -> None:
        """Make stretch ``number`` the one that `open` opens without looking."""
        slot = number % self.stretches
        self._from = number * self.span
        self._at = slot * self.width
        if number != self._settled:
            self._settled = -1
        if self._numbers[slot] != number:
            self._numbers[slot] = number
            for k in range(self.width):
                self._sums[self._at + k] = 0.0

    def total(self, index: int, k: int) -> float:
        """The sum ``k`` over the stretches that are remembered at ``index``."""
        number = index // self.span
        slot = number % self.stretches
        if self._settled != number:
            self._settle(number)
        return self._before[k] + (self._sums[slot * self.width + k] if self._numbers[slot] == number else 0.0)

    def gather(self, index: int, out: MutableSequence[float]) -> None:
        """Every `total` at ``index`` into ``out`` (width,)."""
        number = index // self.span
        slot = number % self.stretches
        if self._settled != number:
            self._settle(number)
        at = slot * self.width
        present = 1.0 if self._numbers[slot] == number else 0.0
        for k in range(self.width):
            out[k] = self._before[k] + present * self._sums[at + k]

    def _settle(self, number: int) -> None:
        """Add up the stretches that are remembered in stretch ``number`` beside itself."""
        for k in range(self.width):
            self._before[k] = 0.0
        for slot in range(self.stretches):
            if number - self.stretches < self._numbers[slot] < number:
                at = slot * self.width
                for k in range(self.width):
                    self._before[k] += self._sums[at + k]
        self._settled = number

    def add(self, index: int, k: int, amount: float) -> None:
        """Add ``amount`` to the sum ``k`` in the stretch of ``index``."""
        self._sums[self.open(index) + k] += amount

    def copy(self) -> "StretchedSums":
        """One in the same state that goes its own way from here."""
        twin = StretchedSums(self.width, self.span, self.stretches)
        twin._sums[:] = self._sums
        twin._numbers[:] = self._numbers
        return twin
