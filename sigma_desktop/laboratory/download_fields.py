"""What is to be downloaded as fields, and the engine's request made of them."""

from collections.abc import Mapping

from sigma_desktop.laboratory.fields import BadText, Field, Kind, moment_text, value_of
from sigma_engine import VENUE_FEES, DownloadRequest, SigmaError, Timeframe, unified

_DAY_MS = 86_400_000
_BEGIN_DAYS = 90

VENUE = Field(
    key="venue",
    title="Exchange",
    kind=Kind.CHOICE,
    choices=tuple((fees.venue, fees.title) for fees in VENUE_FEES),
    hint="Public candles of its USDT perpetuals, no key needed.",
)
SYMBOL = Field(key="symbol", title="Market", kind=Kind.TEXT, hint="Like BTC, BTCUSDT or BTC/USDT.")
TIMEFRAME = Field(
    key="timeframe", title="Candle", kind=Kind.CHOICE, choices=tuple((each.value, each.value) for each in Timeframe)
)
SINCE = Field(key="since", title="From", kind=Kind.MOMENT, unit="UTC")
UNTIL = Field(key="until", title="Until", kind=Kind.MOMENT, unit="UTC", blank="now")
FIELDS = (VENUE, SYMBOL, TIMEFRAME, SINCE, UNTIL)


def defaults(now_ms: int) -> dict[str, str]:
    """The texts to begin with: the last 90 days of BTC, 5m."""
    since = now_ms // _DAY_MS * _DAY_MS - _BEGIN_DAYS * _DAY_MS
    return {
        "venue": VENUE_FEES[0].venue,
        "symbol": "BTC/USDT",
        "timeframe": Timeframe.M5.value,
        "since": moment_text(since),
        "until": "",
    }


def request_of(texts: Mapping[str, str], now_ms: int) -> DownloadRequest:
    """What is asked for; raises `BadText` with the first thing that is wrong, by the name of its field."""
    values = {field.key: value_of(field, texts[field.key]) for field in FIELDS}
    since, until = values["since"], values["until"]
    if since >= now_ms:
        raise BadText("From lies in the future, where there are no candles yet; choose a day before today.")
    if until is not None and until <= since:
        raise BadText("Until is not after From; move one of the dates.")
    return DownloadRequest(
        venue=values["venue"],
        symbol=_symbol(values["symbol"]),
        timeframe=Timeframe(values["timeframe"]),
        since_ms=since,
        until_ms=until,
    )


def _symbol(text: str) -> str:
    try:
        return unified(text)
    except SigmaError as error:
        raise BadText(str(error)) from None
