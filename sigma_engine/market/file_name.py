"""Symbol and timeframe of a candle file, from its name or from who gave it."""

import re
from pathlib import Path

from sigma_engine.domain.symbol import short, unified
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError

_SYMBOL = re.compile(r"([A-Z0-9]+?)[/_-]?USDT(?:_USDT)?(?=[-_.]|$)", re.IGNORECASE)
_TIMEFRAME = re.compile(r"(?<=[-_])(\d+[mhd])(?=[-_.]|$)")
_EXAMPLE = "Or name it like BTCUSDT-5m-2025.csv."


def symbol_of(path: Path, given: str | None) -> str:
    """The unified symbol of the file: its name's (``BTCUSDT-5m-...``), otherwise ``given``.

    Raises `DataError` where neither says it or they contradict each other, `UnknownSymbol` where ``given`` is none.
    """
    asked = None if given is None else unified(given)
    if (named := _SYMBOL.match(path.name)) is None:
        if asked is None:
            raise DataError(f"{path}: the name does not say which symbol it holds; add --symbol BTC. {_EXAMPLE}")
        return asked
    symbol = unified(named[1])
    if asked not in (None, symbol):
        raise DataError(f"{path} holds {short(symbol)} by its name, not {given}: leave --symbol out, or rename it.")
    return symbol


def names_symbol(path: Path) -> bool:
    """Whether the file's name says which symbol it holds."""
    return _SYMBOL.match(path.name) is not None


def names_timeframe(path: Path) -> bool:
    """Whether the file's name says how long its candles are."""
    return _TIMEFRAME.search(path.name) is not None


def timeframe_of(path: Path, given: str | None) -> Timeframe:
    """The candle length of the file: its name's, otherwise ``given``; raises `DataError` as `symbol_of` does."""
    asked = None if given is None else _timeframe("--timeframe", given)
    if (named := _TIMEFRAME.search(path.name)) is None:
        if asked is None:
            raise DataError(f"{path}: the name does not say its timeframe; add --timeframe 5m. {_EXAMPLE}")
        return asked
    timeframe = _timeframe(str(path), named[1])
    if asked not in (None, timeframe):
        raise DataError(f"{path} holds {timeframe} by its name, not {given}: leave --timeframe out, or rename it.")
    return timeframe


def _timeframe(source: str, text: str) -> Timeframe:
    try:
        return Timeframe(text.strip())
    except ValueError:
        raise DataError(f"{source}: {text} is not a timeframe SIGMA knows; there is {', '.join(Timeframe)}.") from None
