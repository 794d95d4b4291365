"""What can have changed since the window was last painted."""

from enum import Enum, auto


class Topic(Enum):
    """One side of the session; panels name those they paint."""

    RUN = auto()
    STRATEGY = auto()
    STANDING = auto()
    """The account may do more or less than before, or the kill switch was pressed."""
    FEED = auto()
    """The prices of some market come another way than before."""
    PRICE = auto()
    CANDLE = auto()
    DECISION = auto()
    PREVIEW = auto()
    POSITION = auto()
    """Positions came, went, moved their stop, or their marks moved."""
    TRADE = auto()
    PORTFOLIO = auto()
    """Wallet, equity or exposure moved, with a fill or with the marks."""
    EQUITY = auto()
    ORDER = auto()
    CALIBRATION = auto()
    """Forecasts fell due and were scored."""
    CHAT = auto()
    ALERT = auto()
    SYMBOL = auto()
    """Another symbol was selected."""
    BACKTEST = auto()
    """Another backtest is shown, or there is news of the one that runs."""


EVERYTHING = frozenset(Topic)
