"""What a strategy makes of a candle, decided: enter long, enter short or wait, leave or stay, and what forbids it."""

from collections.abc import Sequence

from sigma_engine.kernels.expression import Program
from sigma_engine.kernels.permission import Permission
from sigma_engine.kernels.scoring import decided


class Rulebook:
    """The rules of one regime: exits, and entries by conditions or, where ``threshold`` is a number, by scores.

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


class Judgement:
    """Decides candle by candle; what it decided last stays to be read.

    ``books`` are the rules in the regimes' order; with ``by_scores`` the fusion's scores decide, else the entry
    conditions. ``reverse`` makes a signal close what stands against it. After a `step`, ``wish`` is what the rules
    say (1 long, -1 short, 0 wait), ``action`` what is left of it after all permissions, ``obstacle`` what took it
    away (`permission.Obstacle`); ``long`` and ``short`` are the scores or shares it rests on.
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
        self.filters = filters
        self.permission = permission
        self.wish = self.action = self.obstacle = 0
        self.exit_long = self.exit_short = False
        self.long = self.short = 0.0

    def step(
        self,
        now: Sequence[float],
        before: Sequence[float],
        regime: int,
        long: float,
        short: float,
        at_ms: int,
        price: float,
        atr: float,
        seen: int,
    ) -> None:
        """Decide on the candle of the row ``now``, after that of ``before`` (NaN throughout for none).

        ``long`` and ``short`` are the fusion's scores, ``at_ms`` is the close, ``seen`` counts candles so far. Both
        rows are as long as the programs need.
        """
        self._forget()
        if seen < self.warm_up:
            self.obstacle = 1
            return
        if regime == 0:
            self._ask(self.trending, now, before, long, short)
        elif regime == 1:
            self._ask(self.ranging, now, before, long, short)
        else:
            self._ask(self.mixed, now, before, long, short)
        if self.wish != 0:
            passes = self.filters.holds_on(now, before)
            self.obstacle = self.permission.obstacle(self.wish, regime, at_ms, passes, price, atr)
            self.action = 0 if self.obstacle != 0 else self.wish

    def _forget(self) -> None:
        self.wish = self.action = self.obstacle = 0
        self.exit_long = self.exit_short = False
        self.long = self.short = 0.0

    def _ask(self, book: Rulebook, now: Sequence[float], before: Sequence[float], long: float, short: float) -> None:
        """What the rules of one regime say."""
        if self.by_scores:
            self.long = long
            self.short = short
            self.wish = decided(long, short, book.threshold, book.margin)
        else:
            self.long = book.long_share.value_on(now, before)
            self.short = book.short_share.value_on(now, before)
            self.wish = met(self.long, self.short)
        self.exit_long = book.exit_long.holds_on(now, before) or (self.reverse and self.wish < 0)
        self.exit_short = book.exit_short.holds_on(now, before) or (self.reverse and self.wish > 0)


def met(long: float, short: float) -> int:
    """1 where all conditions of the long side hold, -1 for the short side, 0 for neither or both at once."""
    return (1 if long == 1.0 else 0) - (1 if short == 1.0 else 0)
