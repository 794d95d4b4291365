"""What one cell of a table says and how it looks, and what a column is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Generic, TypeVar

from sigma_desktop.theme.tokens import Token

R = TypeVar("R")
SortKey = str | float | Decimal | None


class Kind(Enum):
    """How a cell is painted."""

    TEXT = auto()
    """One line, or two when ``below`` says something."""
    PILL = auto()
    """The text in capitals on a tinted field."""
    BAR = auto()
    """A bar filled from the left to ``fill`` (0 to 1), its text at the right."""
    VOTE = auto()
    """A bar from the centre to ``fill`` (-1 to +1), its text at the right."""
    SECTION = auto()
    """A heading between rows."""
    SPANS = auto()
    """A bar of which the ``spans`` are filled."""
    ICON = auto()
    """The icon named by ``text``; pressing it is asking for the column's action."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One formatted cell; equal cells paint equal pixels."""

    text: str = ""
    token: Token = Token.T0
    kind: Kind = Kind.TEXT
    below: str = ""
    below_token: Token = Token.T2
    fill: float = 0.0
    ghost: float | None = None
    """A second, paler mark on a `BAR` or `VOTE`: what the forming candle says."""
    spans: tuple[tuple[float, float], ...] = ()
    """Filled parts of a `SPANS` bar, each from and to a share of its length."""
    bold: bool = False
    italic: bool = False
    wraps: bool = False
    """Text too long for its column goes on in a second line."""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """A column of rows ``R``: ``cell`` formats, ``key`` orders (None: not to be sorted by).

    ``width`` is the smallest useful width in pixels, ``stretch`` its share of what is left over, ``rank`` the
    order in which columns give way when room is short (0: never, then the highest first). ``least`` is the width
    down to which it may be cut once none is left to give way, 0 for not at all. ``explanation`` is shown on the header.
    """

    title: str
    cell: Callable[[R], Cell]
    key: Callable[[R], SortKey] | None = None
    width: int = 64
    stretch: int = 1
    right: bool = False
    rank: int = 0
    explanation: str = ""
    least: int = 0


def fitted(columns: Sequence[Column[R]], available: int) -> list[int]:
    """The width of each column in ``available`` pixels, 0 for those that gave way; the rest fill it exactly.

    Where even the columns that never give way have too little room, those that may be cut are cut.
    """
    widths = [column.width for column in columns]
    for at in sorted(range(len(columns)), key=lambda at: (-columns[at].rank, -at)):
        if sum(widths) > available and columns[at].rank:
            widths[at] = 0
    for at, column in enumerate(columns):
        missing = sum(widths) - available
        if missing > 0 and column.least and widths[at]:
            widths[at] = max(column.least, widths[at] - missing)
    return _stretched(columns, widths, available - sum(widths))


def _stretched(columns: Sequence[Column[R]], widths: list[int], spare: int) -> list[int]:
    shares = [column.stretch if width else 0 for column, width in zip(columns, widths, strict=True)]
    for at, share in enumerate(shares):
        if spare > 0 and share:
            extra = spare * share // sum(shares[at:])
            widths[at] += extra
            spare -= extra
    return widths


def toned(amount: Decimal | float) -> Token:
    """The colour of a gain or a loss; zero and NaN have none."""
    return Token.UP if amount > 0 else Token.DOWN if amount < 0 else Token.T0
