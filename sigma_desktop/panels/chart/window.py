"""Which bars are seen: zooming, panning and following the newest, as plain arithmetic."""

from dataclasses import dataclass, replace

BAR_PX = 7.5
WIDEST_BAR_PX = 48.0
MARGIN_PX = 72.0
_FEWEST_SEEN = 8
_MARGIN_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """A stretch of bars ``width_px`` wide, each ``bar_px``, ending at ``right``; bar i reaches from i - .5 to i + .5.

    While ``following``, ``right`` stays behind the newest of ``count`` bars, with ``ahead`` bars of room for what is
    drawn in the future. Every method gives a new window.
    """

    count: int = 0
    width_px: float = 1.0
    bar_px: float = BAR_PX
    right: float = 0.0
    ahead: float = 0.0
    following: bool = True

    @property
    def bars(self) -> float:
        """How many bars are seen, room included."""
        return self.width_px / self.bar_px

    @property
    def left(self) -> float:
        """The bar coordinate of the left edge."""
        return self.right - self.bars

    @property
    def newest_right(self) -> float:
        """Where the right edge lies while following."""
        room = max(MARGIN_PX / self.bar_px, self.ahead)
        return self.count - 0.5 + min(room, _MARGIN_SHARE * self.bars)

    def sized(self, width_px: float) -> "TimeWindow":
        """``width_px`` wide, bars as wide as before, the right edge where it was."""
        return replace(self, width_px=max(1.0, width_px))._settled()

    def grown(self, count: int, ahead: float) -> "TimeWindow":
        """``count`` bars there are now, and room wanted for ``ahead``."""
        return replace(self, count=count, ahead=ahead)._settled()

    def zoomed(self, factor: float, at_px: float) -> "TimeWindow":
        """Bars ``factor`` times as wide, the bar under ``at_px`` staying there; the newest while following."""
        bar_px = min(max(self.bar_px * factor, self._narrowest_px), WIDEST_BAR_PX)
        under = self.left + at_px / self.bar_px
        right = under + (self.width_px - at_px) / bar_px
        return replace(self, bar_px=bar_px, right=right)._settled()

    def panned(self, bars: float) -> "TimeWindow":
        """Moved by ``bars``, to later ones if positive; following again once the newest is reached."""
        right = min(max(self.right + bars, float(_FEWEST_SEEN)), self.count - _FEWEST_SEEN + self.bars)
        following = bars > 0 and right >= self.newest_right and self.right <= self.newest_right
        return replace(self, right=right, following=following)._settled()

    def latest(self) -> "TimeWindow":
        """At the newest bar, following."""
        return replace(self, following=True)._settled()

    def earliest(self) -> "TimeWindow":
        """At the first bar."""
        return replace(self, following=False, right=self.bars - 0.5)._settled()

    def around(self, first: int, last: int) -> "TimeWindow":
        """Bars ``first`` to ``last`` in the middle third, as wide as usual or as narrow as that needs."""
        bar_px = min(BAR_PX, max(self.width_px / 3 / (last - first + 1), self._narrowest_px))
        right = (first + last) / 2 + self.width_px / bar_px / 2
        return replace(self, bar_px=bar_px, right=right, following=False)

    @property
    def _narrowest_px(self) -> float:
        """Where every bar is seen, room beside the newest included."""
        count, width_px = max(1, self.count), self.width_px
        with_room = min((width_px - MARGIN_PX) / count, width_px / (count + self.ahead))
        return min(BAR_PX, max(with_room, (1 - _MARGIN_SHARE) * width_px / count))

    def _settled(self) -> "TimeWindow":
        return replace(self, right=self.newest_right) if self.following else self
