"""What a strategy makes of a candle, decided: enter long, enter short or wait, leave or stay, and what forbids it."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels import room
from sigma_engine.kernels.expression import LANES, Program
from sigma_engine.kernels.permission import Permission
from sigma_engine.kernels.scoring import decided


class Rulebook:
    """The rules of one regime: when to leave, and when to enter by conditions or by the fusion's two numbers.

    A share's value is how much of an entry's conditions hold: 1 exactly where the entry does. It is only told.
    """

    def __init__(
        self,
        entry_long: Program,
        entry_short: Program,
        long_share: Program,
        short_share: Program,
        exit_long: Program,
        exit_short: Program,
        threshold: float,
        margin: float,
    ) -> None:
        self.entry_long, self.entry_short = entry_long, entry_short
        self.long_share, self.short_share = long_share, short_share
        self.exit_long, self.exit_short = exit_long, exit_short
        self.threshold, self.margin = threshold, margin
        self.longs, self.shorts = room.numbers(LANES), room.numbers(LANES)
        self.long_ends, self.short_ends = room.numbers(LANES), room.numbers(LANES)

    def look(self, rows: NDArray[np.float64], start: int, n: int, by_scores: bool) -> None:
        """Ask the conditions about ``n`` candles from ``start`` on; with ``by_scores`` entries have none."""
        if not by_scores:
            self.entry_long.truth(rows, start, n, self.longs)
            self.entry_short.truth(rows, start, n, self.shorts)
        self.exit_long.truth(rows, start, n, self.long_ends)
        self.exit_short.truth(rows, start, n, self.short_ends)


class Judgement:
    """Decides on up to 128 candles at a time; what it decided stays to be read until the next.

    ``books`` are the rules in the regimes' order; with ``by_scores`` the fusion's scores decide, else the entry
    conditions. ``reverse`` makes a signal close what stands against it. Candle by candle, ``wishes`` are what the rules
    say (1 long, -1 short, 0 wait), ``actions`` what is left of it after all permissions, ``obstacles`` what took it
    away (`permission.Obstacle`), ``long_ends`` and ``short_ends`` whether positions are closed (1 or 0), ``longs`` and
    ``shorts`` the scores all this rests on, or whether the entries hold (after a `step`, what share of them). Exits, a
    reversing signal among them, ask for no permission; entries do.

    Rows are (columns, candles), and the candle before the first one stands in front of it, NaN throughout for none.
    """

    def __init__(
        self,
        warm_up: int,
        books: Sequence[Rulebook],
        filters: Program,
        permission: Permission,
        by_scores: bool,
        reverse: bool,
    ) -> None:
        self.warm_up, self.by_scores, self.reverse = warm_up, by_scores, reverse
        self.trending, self.ranging, self.mixed = books
        # Rules that regimes share are asked once.
        self._ranging_differs = self.ranging is not self.trending
        self._mixed_differs = self.mixed is not self.trending and self.mixed is not self.ranging
        self._differ = self._ranging_differs or self.mixed is not self.trending
        self.filters = filters
        self.permission = permission
        self.wishes, self.actions = room.numbers(LANES), room.numbers(LANES)
        self.obstacles = array("i", [0] * LANES)
        self.longs, self.shorts = room.numbers(LANES), room.numbers(LANES)
        self.long_ends, self.short_ends = room.numbers(LANES), room.numbers(LANES)
        self._start = self._count = 0
        self._filtered = False
        self._passes = room.numbers(LANES)
        self._regime, self._long, self._short = array("i", [0]), room.numbers(1), room.numbers(1)

    def step(
        self,
        rows: NDArray[np.float64],
        at: int,
        regime: int,
        long: float,
        short: float,
        at_ms: int,
        price: float,
        atr: float,
        seen: int,
    ) -> None:
        """Decide on the candle ``rows[:, at]``, the ``seen``-th of all, whose close is at ``at_ms``.

        ``long`` and ``short`` are the fusion's scores.
        """
        self._regime[0] = regime
        self._long[0] = long
        self._short[0] = short
        self.look(rows, at, 1, self._regime, self._long, self._short, seen - 1)
        self.permit(rows, 0, regime, at_ms, price, atr)
        if not self.by_scores and seen >= self.warm_up:
            if regime == 0:
                self._share(self.trending, rows, at)
            elif regime == 1:
                self._share(self.ranging, rows, at)
            else:
                self._share(self.mixed, rows, at)

    def _share(self, book: Rulebook, rows: NDArray[np.float64], at: int) -> None:
        """How much of the entries holds, to be told."""
        book.long_share.truth(rows, at, 1, self.longs)
        book.short_share.truth(rows, at, 1, self.shorts)

    def look(
        self,
        rows: NDArray[np.float64],
        start: int,
        n: int,
        regimes: Sequence[int],
        longs: NDArray[np.float64],
        shorts: NDArray[np.float64],
        seen: int,
    ) -> None:
        """What the rules say of ``n`` candles from ``start`` on, after ``seen`` others; each wish needs a `permit`."""
        self._start = start
        self._count = n
        self._filtered = False
        self.trending.look(rows, start, n, self.by_scores)
        if self._ranging_differs:
            self.ranging.look(rows, start, n, self.by_scores)
        if self._mixed_differs:
            self.mixed.look(rows, start, n, self.by_scores)
        first = 0
        while first < n:
            stop = first + 1 if self._differ else n
            while stop < n and regimes[stop] == regimes[first]:
                stop += 1
            if regimes[first] == 0:
                self._follow(self.trending, first, stop, longs, shorts)
            elif regimes[first] == 1:
                self._follow(self.ranging, first, stop, longs, shorts)
            else:
                self._follow(self.mixed, first, stop, longs, shorts)
            first = stop
        self._hold_back(min(max(self.warm_up - 1 - seen, 0), n))

    def permit(self, rows: NDArray[np.float64], i: int, regime: int, at_ms: int, price: float, atr: float) -> None:
        """Hold the wish for the ``i``-th candle looked at, which closes at ``at_ms``, against all permissions."""
        if self.wishes[i] == 0.0:
            return
        if not self._filtered:
            self.filters.truth(rows, self._start, self._count, self._passes)
            self._filtered = True
        passes = self._passes[i] != 0.0
        self.obstacles[i] = self.permission.obstacle(
            1 if self.wishes[i] > 0.0 else -1, regime, at_ms, passes, price, atr
        )
        if self.obstacles[i] != 0:
            self.actions[i] = 0

    def _follow(
        self, book: Rulebook, first: int, stop: int, longs: NDArray[np.float64], shorts: NDArray[np.float64]
    ) -> None:
        """What the rules of one regime say of the candles it lasts."""
        if self.by_scores:
            for i in range(first, stop):
                self.longs[i] = longs[i]
                self.shorts[i] = shorts[i]
                self.wishes[i] = decided(longs[i], shorts[i], book.threshold, book.margin)
        else:
            for i in range(first, stop):
                self.longs[i] = book.longs[i]
                self.shorts[i] = book.shorts[i]
                self.wishes[i] = book.longs[i] - book.shorts[i]  # both at once cancel
        for i in range(first, stop):
            self.actions[i] = self.wishes[i]
            self.long_ends[i] = 1.0 if book.long_ends[i] != 0.0 else 0.0
            self.short_ends[i] = 1.0 if book.short_ends[i] != 0.0 else 0.0
        if self.reverse:
            for i in range(first, stop):
                self.long_ends[i] = 1.0 if self.wishes[i] < 0.0 else self.long_ends[i]
                self.short_ends[i] = 1.0 if self.wishes[i] > 0.0 else self.short_ends[i]
        for i in range(first, stop):
            self.obstacles[i] = 0

    def _hold_back(self, cold: int) -> None:
        """Nothing is decided while warming up."""
        for i in range(cold):
            self.wishes[i] = 0.0
            self.actions[i] = 0.0
            self.obstacles[i] = 1
            self.longs[i] = 0.0
            self.shorts[i] = 0.0
            self.long_ends[i] = 0.0
            self.short_ends[i] = 0.0

    @property
    def wish(self) -> int:
        """The first of ``wishes``, as after a `step`."""
        return int(self.wishes[0])

    @property
    def action(self) -> int:
        """The first of ``actions``."""
        return int(self.actions[0])

    @property
    def obstacle(self) -> int:
        """The first of ``obstacles``."""
        return self.obstacles[0]

    @property
    def exits(self) -> tuple[bool, bool]:
        """Whether longs and shorts are closed on the first candle."""
        return bool(self.long_ends[0] != 0.0), bool(self.short_ends[0] != 0.0)

    @property
    def scores(self) -> tuple[float, float]:
        """The first of ``longs`` and of ``shorts``."""
        return float(self.longs[0]), float(self.shorts[0])
