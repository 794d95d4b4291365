"""Market names: ccxt's unified form inside, whatever people type outside."""

import difflib
import re

from sigma_engine.errors import UnknownSymbol

QUOTE = "USDT"
PAIRS = tuple(f"{base}/{QUOTE}:{QUOTE}" for base in ("BTC", "ETH", "SOL", "XRP", "ADA", "DOGE", "LTC", "BNB"))
"""The eight perpetuals SIGMA trades side by side by default."""

_FORM = re.compile(r"(?P<base>[A-Z0-9]{1,15}?)(?:[/_-]?(?P<quote>USDT)(?::USDT)?)?")


def unified(text: str) -> str:
    """``BTC``, ``btcusdt``, ``BTC/USDT`` or ``BTC/USDT:USDT`` as ccxt's name of the perpetual, ``BTC/USDT:USDT``.

    Raises `UnknownSymbol` when the text names no USDT market.
    """
    match = _FORM.fullmatch(text.strip().upper())
    if match is None or not re.search("[A-Z]", match["base"]):
        raise UnknownSymbol(
            f"{text!r} is no market SIGMA can read: write it like BTC, BTCUSDT or BTC/USDT.{_nearest(text)}"
        )
    return f"{match['base']}/{QUOTE}:{QUOTE}"


def short(symbol: str) -> str:
    """The form people read: ``BTC/USDT`` of ``BTC/USDT:USDT``."""
    return symbol.partition(":")[0]


def base(symbol: str) -> str:
    """The coin: ``BTC`` of ``BTC/USDT:USDT``."""
    return symbol.partition("/")[0]


def require_one_of(symbol: str, known: tuple[str, ...]) -> str:
    """``symbol`` if it is among ``known``, else `UnknownSymbol` naming the nearest and the choice."""
    if symbol in known:
        return symbol
    choice = ", ".join(base(name) for name in known)
    raise UnknownSymbol(f"{short(symbol)} is not in this market.{_nearest(base(symbol), known)} There is: {choice}.")


def _nearest(text: str, known: tuple[str, ...] = PAIRS) -> str:
    names = [base(name) for name in known]
    near = difflib.get_close_matches(text.strip().upper().removesuffix(QUOTE).rstrip("/"), names, 1, 0.5)
    return f" Did you mean {near[0]}?" if near else ""
