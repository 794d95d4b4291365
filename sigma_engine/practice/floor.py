"""Where requests are answered: the exchange they concern, its clock, its market's past, and the table of calls."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.market_port import MarketPort
from sigma_engine.practice.nouns import Quote, Refusal
from sigma_engine.practice.parameters import Parameters
from sigma_engine.practice.reply import Json
from sigma_engine.practice.weights import Weight

ASSET = "USDT"
DEMO_ASSET = "SUSDT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """One account's exchange as requests see it; on the demo floor USDT is called SUSDT, in names of markets too."""

    exchange: Exchange
    now_ms: Callable[[], int]
    market: MarketPort | None = None
    lists_spot: bool = True
    asset: str = ASSET

    def told(self, symbol: str) -> str:
        """How this floor calls the market ``symbol``."""
        return symbol if self.asset == ASSET else symbol.removesuffix(ASSET) + self.asset

    def meant(self, name: str) -> str:
        """The market a client calls ``name``; the demo floor takes its live name too. -1121 for what is not listed."""
        listed = {listing.symbol for listing in self.exchange.listings}
        demo = self.asset == DEMO_ASSET and name.endswith(DEMO_ASSET) and name not in listed
        return self.exchange.listing(name.removesuffix(DEMO_ASSET) + ASSET if demo else name).symbol

    def symbol(self, given: Parameters) -> str:
        """The market ``symbol`` names; -1141 where it is missing."""
        return self.meant(given.text("symbol"))

    def optional_symbol(self, given: Parameters) -> str | None:
        """As `symbol`, but None where it is missing: every market."""
        name = given.optional("symbol")
        return None if name is None else self.meant(name)

    def symbols(self, given: Parameters) -> tuple[str, ...]:
        """The one market named, or all."""
        symbol = self.optional_symbol(given)
        return tuple(listing.symbol for listing in self.exchange.listings) if symbol is None else (symbol,)

    def priced(self, given: Parameters) -> list[Quote]:
        """The prices of the one market named, or of all that have one."""
        symbol = self.optional_symbol(given)
        if symbol is not None:
            return [self.exchange.quote(symbol)]
        traded = [listing.symbol for listing in self.exchange.listings if self.exchange.trades(listing.symbol, 1)]
        return [self.exchange.quote(each) for each in traded]

    def past(self) -> MarketPort:
        """The market's past; -1054 on a server that was given none."""
        if self.market is None:
            raise Refusal(-1054, "System error, please retry later: this exchange keeps no candles and no trades.")
        return self.market


class Need(StrEnum):
    """What a caller has to bring."""

    NOTHING = "nothing"
    A_KEY = "a key"
    A_TRADING_KEY = "a key that may trade"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the API; ``demo`` calls are answered on the demo floor."""

    answer: Callable[[Floor, Parameters], Json]
    weight: Weight
    need: Need = Need.NOTHING
    demo: bool = False


Calls = dict[tuple[str, str], Call]
"""The table of calls: by method and path."""


def public(answer: Callable[[Floor, Parameters], Json], weight: int = 1) -> Call:
    """A call for everybody."""
    return Call(answer=answer, weight=Weight(address=weight))


def reading(answer: Callable[[Floor, Parameters], Json], weight: int, *, demo: bool = False) -> Call:
    """A call that tells of the account."""
    return Call(answer=answer, need=Need.A_KEY, weight=Weight(address=weight, key=weight), demo=demo)


def acting(answer: Callable[[Floor, Parameters], Json], address: int, key: int, *, demo: bool = False) -> Call:
    """A call that changes it."""
    return Call(answer=answer, need=Need.A_TRADING_KEY, weight=Weight(address=address, key=key), demo=demo)
