"""What a strategy lets itself enter: sides by regime, hours and days, levels that fit, a stop that can be set."""

from array import array
from collections.abc import Sequence
from enum import IntEnum

from sigma_engine.kernels.distances import distance


class Obstacle(IntEnum):
    """What stands in the way of an entry; the plain numbers are what compiled code needs."""

    NONE = 0
    WARMING_UP = 1
    SIDE = 2
    DAYS = 3
    HOURS = 4
    FILTERS = 5
    STOP_LEVEL = 6
    TARGET_LEVEL = 7
    NO_STOP = 8


class Permission:
    """The entries a strategy takes.

    ``sides`` says for each regime what is allowed: 1 long, 2 short, 3 both, 0 none. ``days`` is 0 for all, 1 for
    Monday to Friday, 2 for the weekend; ``opens`` and ``shuts`` are minutes of the UTC day, both -1 for the whole of
    it, and may span midnight. ``stop`` and ``target`` are ``(measure, value)`` of `kernels.distances`.
    """

    def __init__(
        self,
        sides: Sequence[int],
        days: int,
        opens: int,
        shuts: int,
        stop: tuple[int, float],
        target: tuple[int, float],
    ) -> None:
        self.days, self.opens, self.shuts = days, opens, shuts
        self._sides = array("i", sides)
        self._stop_measure, self._stop_value = stop
        self._target_measure, self._target_value = target

    def takes(self, sign: int, regime: int) -> bool:
        """Whether an entry to the side of ``sign`` (1 long, -1 short) is one the strategy takes in ``regime``."""
        return self._sides[regime] & (1 if sign > 0 else 2) != 0

    def closed(self, at_ms: int) -> int:
        """`Obstacle.DAYS` or `Obstacle.HOURS` where ``at_ms``, UTC, lies outside them, else `Obstacle.NONE`."""
        # The epoch was a Thursday; Monday is 0.
        if self.days != 0 and ((at_ms // 86_400_000 + 3) % 7 >= 5) != (self.days == 2):
            return 3
        if self.opens < 0:
            return 0
        minute = at_ms // 60_000 % 1440
        if self.opens < self.shuts:
            return 0 if self.opens <= minute < self.shuts else 4
        return 0 if minute >= self.opens or minute < self.shuts else 4

    def misplaced(self, sign: int, price: float) -> int:
        """Which price level lies on the wrong side of ``price`` for an entry to the side of ``sign``, as `Obstacle`."""
        if self._stop_measure == 4 and sign * (price - self._stop_value) <= 0.0:
            return 6
        if self._target_measure == 4 and sign * (self._target_value - price) <= 0.0:
            return 7
        return 0

    def obstacle(self, sign: int, regime: int, at_ms: int, passes: bool, price: float, atr: float) -> int:
        """The first `Obstacle` to an entry decided at ``at_ms``; ``passes`` is what the strategy's filters say."""
        if not self.takes(sign, regime):
            return 2
        shut = self.closed(at_ms)
        if shut != 0:
            return shut
        if not passes:
            return 5
        wrong = self.misplaced(sign, price)
        if wrong != 0:
            return wrong
        return 0 if distance(self._stop_measure, self._stop_value, price, atr, 0.0) > 0.0 else 8
