"""WEEX's codes and words, told to people: what each means, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType


class Ground(Enum):
    """What a complaint is about."""

    KEYS = auto()
    CLOCK = auto()
    ORDER = auto()


@dataclass(frozen=True, slots=True)
class Complaint:
    """One of the exchange's refusals; ``words`` go on from its name and end with the next step."""

    ground: Ground
    words: str
    would_trigger: bool = False


_MISSING = Complaint(Ground.KEYS, "did not get the keys: enter key, secret and passphrase again.")
_NO_RIGHT = Complaint(
    Ground.KEYS, "does not let this key trade: give it the right to trade futures on the page of API keys."
)
_NO_MARKET = Complaint(Ground.KEYS, "does not let this account trade that market: choose another one.")
_FORM = Complaint(Ground.ORDER, "does not take the order in this form: update SIGMA, and report it.")
_PARAMETER = Complaint(Ground.ORDER, "does not take one of the order's figures: check size and prices.")
_UNLISTED = Complaint(Ground.ORDER, "does not list that market: choose another symbol.")

CODES: Mapping[str, Complaint] = MappingProxyType(
    {
        "-1040": _MISSING,
        "-1041": _MISSING,
        "-1042": _MISSING,
        "-1043": Complaint(Ground.CLOCK, "cannot read the time of the request: set this machine's clock right."),
        "-1044": Complaint(Ground.KEYS, "does not know this API key: copy it again from the page of API keys."),
        "-1046": Complaint(
            Ground.CLOCK,
            "says the request is too old: set this machine's clock right, or mend the connection.",
        ),
        "-1047": Complaint(Ground.KEYS, "does not accept the signature: copy the API secret again, it is a wrong one."),
        "-1049": Complaint(
            Ground.KEYS,
            "does not accept key and passphrase together: enter both again, the phrase as it was chosen for this key.",
        ),
        "-1050": Complaint(Ground.KEYS, "has restricted this account: ask its support what is missing."),
        "-1051": _NO_RIGHT,
        "-1052": _NO_RIGHT,
        "-1053": _NO_RIGHT,
        "-1055": Complaint(Ground.KEYS, "wants a phone number or an authenticator first: add one to the account."),
        "-1056": Complaint(
            Ground.KEYS, "does not allow this key from this network address: add the address on the page of API keys."
        ),
        "-1057": Complaint(Ground.KEYS, "has locked this account: ask its support."),
        "-1058": _NO_MARKET,
        "-1115": _FORM,
        "-1116": _FORM,
        "-1117": _FORM,
        "-1121": _UNLISTED,
        "-1128": _PARAMETER,
        "-1140": _PARAMETER,
        "-1141": _PARAMETER,
        "-1142": _PARAMETER,
        "-1160": Complaint(Ground.ORDER, "trades that market in other steps by now: start SIGMA again to read them."),
        "-1180": _FORM,
        "-1190": Complaint(Ground.KEYS, "forbids this account to use its API: ask its support."),
        "-2007": _UNLISTED,
        "-3007": Complaint(Ground.ORDER, "takes no order of that size: trade smaller."),
        "-3235": _NO_MARKET,
        "-3236": _NO_RIGHT,
        "-3313": Complaint(Ground.ORDER, "does not allow that leverage in this market: lower the leverage."),
    }
)
"""Refusals that are certain: whoever gets one knows that no order was made. No other code is."""

NO_ORDER_CODES = frozenset({"-3200", "-2200"})
NO_ORDER_WORDS = ("order_not_found", "order does not exist", "order not found", "order not exist")

_MARGIN = Complaint(
    Ground.ORDER, "has not enough free margin for the order: transfer USDT to the futures account, or trade smaller."
)
_WOULD_TRIGGER = Complaint(
    Ground.ORDER, "says the price is past the stop or target already: close the position at the market.", True
)
_TOO_SMALL = Complaint(Ground.ORDER, "takes no order that small: raise the size or the risk per trade.")
_NO_POSITION = Complaint(Ground.ORDER, "has no such position to close: read the positions again.")

MARGIN_WORDS = ("amount not enough", "insufficient margin", "insufficient balance")
_REFINED: tuple[tuple[tuple[str, ...], Complaint], ...] = (
    (("at once", "would trigger", "immediately", "already reached"), _WOULD_TRIGGER),
    (("wrong side of the entry",), _WOULD_TRIGGER),
    (("below min", "minordersize", "minimum order", "less than the min", "too small"), _TOO_SMALL),
    (("no position", "exceeds the position", "position not exist", "position does not exist"), _NO_POSITION),
)
_TRIES_AGAIN = ("duplicate", "already exist")


def certain(code: str | None, words: str, *, denied: bool = False) -> Complaint | None:
    """The complaint if it proves that no order was made; None where that stays open.

    ``denied`` is whether the answer says in so many words that it was not done: then its text counts without a code
    too, which WEEX leaves empty there. A repeated client id proves nothing: the order that had it first may be ours.
    """
    said = words.lower()
    if any(word in said for word in _TRIES_AGAIN):
        return None
    if any(word in said for word in MARGIN_WORDS):
        return _MARGIN
    complaint = CODES.get(code or "")
    told = denied and code is None
    if not told and (complaint is None or complaint.ground is not Ground.ORDER):
        return complaint
    return next((refined for marks, refined in _REFINED if any(mark in said for mark in marks)), complaint)


def names_no_order(code: str | None, words: str) -> bool:
    """Whether it says that there is no such order (any more)."""
    said = words.lower()
    return code in NO_ORDER_CODES or any(mark in said for mark in NO_ORDER_WORDS)
