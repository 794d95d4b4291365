"""How a market is traded on the account, set where it differs and always read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sigma_engine.errors import KeysRefused, VenueBusy, VenueClosed, VenueError
from sigma_engine.exchanges.budget import Lane
from sigma_engine.exchanges.line import Line, Question
from sigma_engine.exchanges.outcomes import BY_ITSELF
from sigma_engine.exchanges.trading import TradingProfile
from sigma_engine.exchanges.weex_reading import number

_CONFIG = "capi/v3/account/symbolConfig"


@dataclass(frozen=True, slots=True)
class _Terms:
    """Margin mode, whether fills of one side make one position, and the leverage of either side."""

    is_isolated: bool
    is_combined: bool
    long: Decimal | None
    short: Decimal | None

    def has_leverage(self, leverage: int) -> bool:
        return self.long == self.short == leverage

    def __str__(self) -> str:
        mode = "isolated" if self.is_isolated else "cross"
        parts = "" if self.is_combined else " in separate positions"
        return f"{mode} {_plain(self.long)}x long and {_plain(self.short)}x short{parts}"


def _plain(leverage: Decimal | None) -> str:
    return "?" if leverage is None else f"{leverage.normalize():f}"


async def agree(line: Line, terms: TradingProfile, market: str, name: str, leverage: int) -> None:
    """Isolated margin, one position a side and ``leverage`` in ``market``; raises `VenueError` where it is not so.

    What is right already is left alone: the exchange refuses to change some of it while a position is open. Its
    refusals decide nothing either, only what it says afterwards.
    """
    now = await _read(line, terms, market, name)
    refusals: list[VenueError] = []
    if not (now.is_isolated and now.is_combined):
        await _set(line, terms, "marginType", refusals, lambda: _isolate(line.client, market))
    if not (now.is_isolated and now.has_leverage(leverage)):
        await _set(line, terms, "leverage", refusals, lambda: _lever(line.client, market, leverage))
    if now.is_isolated and now.is_combined and now.has_leverage(leverage):
        return
    then = await _read(line, terms, market, name)
    if not (then.is_isolated and then.is_combined and then.has_leverage(leverage)):
        if (told := next((each for each in refusals if not str(each).endswith(BY_ITSELF)), None)) is not None:
            raise told
        because = f" It says: {refusals[0]}" if refusals else ""
        raise VenueError(
            f"{line.title} keeps {name} at {then}, not at isolated {leverage}x as asked: nothing is opened there; "
            f"close what is held there and set it in the exchange's own window.{because}"
        )


async def _set(line: Line, terms: TradingProfile, what: str, refusals: list[VenueError], question: Question) -> None:
    answer, error = await line.heard(Lane.TERMS, terms.weights["POST", f"capi/v3/account/{what}"], question)
    try:
        line.told(answer, error, f"the change of {what}")
    except (KeysRefused, VenueBusy, VenueClosed):
        raise
    except VenueError as refused:
        refusals.append(refused)


async def _isolate(client: Any, market: str) -> Any:
    return await client.set_margin_mode("isolated", market, {"separatedType": "COMBINED"})


async def _lever(client: Any, market: str, leverage: int) -> Any:
    return await client.set_leverage(leverage, market, {"marginMode": "isolated"})


async def _read(line: Line, terms: TradingProfile, market: str, name: str) -> _Terms:
    market_id = line.client.market(market)["id"]
    said = await line.read(
        Lane.TERMS,
        terms.weights["GET", _CONFIG],
        f"the leverage of {name}",
        lambda: line.client.request(_CONFIG, ["contractPrivate"], "GET", {"symbol": market_id}),
    )
    rows = said if isinstance(said, list) else [said]
    row = next((row for row in rows if isinstance(row, Mapping) and row.get("symbol") == market_id), None)
    if row is None:
        raise VenueError(f"{line.title} does not say how {name} is traded on the account: SIGMA asks again by itself.")
    return _Terms(
        is_isolated=str(row.get("marginType")).upper() == "ISOLATED",
        is_combined=str(row.get("separatedType", "COMBINED")).upper() == "COMBINED",
        long=number(row.get("isolatedLongLeverage")),
        short=number(row.get("isolatedShortLeverage")),
    )
