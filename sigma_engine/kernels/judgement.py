"""What a strategy makes of a candle, decided: enter long, enter short or wait, leave or stay, and what forbids it."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.expression import LANES, Program
from sigma_engine.kernels.permission import Permission
from sigma_engine.kernels.scoring import decided


class Rulebook:
    """The rules of one regime: when to leave, and when to enter by conditions or by the fusion's two numbers.

    A share's value is how much of an entry's conditions hold, 1 where all of them do.
    """

    def __init__(
        self,
        long_share: Program,
        short_share: Program,
        exit_long: Program,
        exit_short: Program,
        threshold: float,
        margin: float,
    ) -> None:
        self.long_share, self.short_share = long_share, short_share
        self.exit_long, self.exit_short = exit_long, exit_short
        self.threshold, self.margin = threshold, margin
        self.longs, self.shorts = array("d", bytes(8 * LANES)), array("d", bytes(8 * LANES))
        self.long_ends, self.short_ends = array("d", bytes(8 * LANES)), array("d", bytes(8 * LANES))

    def look(self, rows: NDArray[np.float64], start: int, n: int, by_scores: bool) -> None:
        """Ask the conditions about ``n`` candles from ``start`` on; with ``by_scores`` entries have none."""
        if not by_scores:
            self.long_share.truth(rows, start, n, self.longs)
            self.short_share.truth(rows, start, n, self.shorts)
        self.exit_long.truth(rows, start, n, self.long_ends)
        self.exit_short.truth(rows, start, n, self.short_ends)


class Judgement:
    """Decides candle by candle; what it decided last stays to be read.

    ``books`` are the rules in the regimes' order; with ``by_scores`` the fusion's scores decide, else the entry
    conditions. ``reverse`` makes a signal close what stands against it. ``wish`` is what the rules say (1 long, -1
    short, 0 wait), ``action`` what is left of it after all permissions, ``obstacle`` what took it away
    (`permission.Obstacle`); ``long`` and ``short`` are the scores or shares it rests on. Exits, a reversing signal
    among them, ask for no permission; entries do.

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
        self.filters = filters
        self.permission = permission
        self.wish = self.action = self.obstacle = 0
        self.exit_long = self.exit_short = False
        self.long = self.short = 0.0
        self._start = self._count = 0
        self._filtered = False
        self._passes = array("d", bytes(8 * LANES))

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
        """Decide on one candle: `look` and `decide`."""
        self.look(rows, at, 1)
        self.decide(rows, 0, regime, long, short, at_ms, price, atr, seen)

    def look(self, rows: NDArray[np.float64], start: int, n: int) -> None:
        """Ask the conditions about ``n`` candles, `LANES` at most, from ``start`` on."""
        self._start = start
        self._count = n
        self._filtered = False
        self.trending.look(rows, start, n, self.by_scores)
        if self._ranging_differs:
            self.ranging.look(rows, start, n, self.by_scores)
        if self._mixed_differs:
            self.mixed.look(rows, start, n, self.by_scores)

    def decide(
        self,
        rows: NDArray[np.float64],
        i: int,
        regime: int,
        long: float,
        short: float,
        at_ms: int,
        price: float,
        atr: float,
        seen: int,
    ) -> None:
        """Decide on the ``i``-th candle looked at.

        ``long`` and ``short`` are the fusion's scores, ``at_ms`` is the close, ``seen`` counts candles so far.
        """
        self.wish = self.action = self.obstacle = 0
        self.exit_long = self.exit_short = False
        self.long = self.short = 0.0
        if seen < self.warm_up:
            self.obstacle = 1
            return
        if regime == 0:
            self._ask(self.trending, i, long, short)
        elif regime == 1:
            self._ask(self.ranging, i, long, short)
        else:
            self._ask(self.mixed, i, long, short)
        if self.wish != 0:
            if not self._filtered:
                self.filters.truth(rows, self._start, self._count, self._passes)
                self._filtered = True
            self.obstacle = self.permission.obstacle(self.wish, regime, at_ms, self._passes[i] != 0.0, price, atr)
            self.action = 0 if self.obstacle != 0 else self.wish

    def _ask(self, book: Rulebook, i: int, long: float, short: float) -> None:
        """What the rules of one regime say."""
        if self.by_scores:
            self.long = long
            self.short = short
            self.wish = decided(long, short, book.threshold, book.margin)
        else:
            self.long = book.longs[i]
            self.short = book.shorts[i]
            self.wish = met(self.long, self.short)
        self.exit_long = book.long_ends[i] != 0.0 or (self.reverse and self.wish < 0)
        self.exit_short = book.short_ends[i] != 0.0 or (self.reverse and self.wish > 0)


def met(long: float, short: float) -> int:
    """1 where all conditions of the long side hold, -1 for the short side, 0 for neither or both at once."""
    return (1 if long == 1.0 else 0) - (1 if short == 1.0 else 0)
