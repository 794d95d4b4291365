"""Which question a text asks, by the words in it."""

import re
from enum import StrEnum


class Topic(StrEnum):
    """What the offline assistant can answer."""

    PERFORMANCE = "performance"
    POSITIONS = "positions"
    WHY = "why"
    SIGNAL = "signal"
    HELP = "help"
    UNKNOWN = "unknown"


_WORDS = (  # the first that matches wins: "why" asks about a trade even where it names the profit
    (Topic.WHY, r"\bwhy\b|\breason|\bexplain\b"),
    (Topic.POSITIONS, r"\bpositions?\b|\bhold(ing)?\b|\bopen\b|\bexposure\b|\bmargin\b|\bbalance\b|\bequity\b"),
    (
        Topic.PERFORMANCE,
        r"how am i|how('s| is| are| did| do)? (my|we|it|i)\b|\bperforman|\bprofit|\bp&?l\b|\bwin ?rate\b|\bfees?\b"
        r"|\bdoing\b|\blos(s|ses|ing|t)\b|\bearn|\btrades?\b|\bresults?\b|\bdrawdown\b",
    ),
    (Topic.SIGNAL, r"\bsignals?\b|\btrend|\bmarket\b|\bregime\b|\bprobabilit|\bvolatil|\brsi\b|\bmacd\b|\bodds\b"),
    (Topic.HELP, r"\bhelp\b|what can you|^(hi|hello|hey)\b|^\?+$"),
)


def topic_of(text: str) -> Topic:
    """The topic of a question; what it also says does not matter yet."""
    words = text.casefold()
    return next((topic for topic, pattern in _WORDS if re.search(pattern, words)), Topic.UNKNOWN)


def asks_for_change(text: str) -> bool:
    """Whether the text asks to create, change or do something rather than to be told."""
    return bool(
        re.search(
            r"^\s*(please\s+)?(create|make|build|design|apply|buy|sell|open|close|stop|start|pause|set|change|modify"
            r"|backtest|generate|suggest|reduce|increase)\b",
            text.casefold(),
        )
    )


def today_only(text: str) -> bool:
    """Whether the text asks about the running day."""
    return bool(re.search(r"\btoday\b|\bthis day\b", text.casefold()))
