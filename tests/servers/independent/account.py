"""The account's part of the REST interface: its money, positions and settings."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from tests.servers.independent.agenda import Agenda
from tests.servers.independent.gate import Ask, Route
from tests.servers.independent.habits import Dialect, Lags, Stamp, surplus
from tests.servers.independent.history import History
from tests.servers.independent.matching import Matching
from tests.servers.independent.nouns import (
    Ledger,
    Refusal,
    Setting,
)
from tests.servers.independent.rendering import Rendering, Row

ROWS_MAX = 100


class Account:
    """Answers what one account asks about itself."""

    def __init__(
        self, matching: Matching, rendering: Rendering, history: History, agenda: Agenda, dialect: Dialect
    ) -> None:
        self._matching, self._rendering, self._history = matching, rendering, history
        self._agenda, self._dialect, self._habits = agenda, dialect, dialect.habits

    def routes(self) -> list[Route]:
        """What an account may ask about itself, with what it weighs."""
        at = "/capi/v3/account"
        return [
            Route("GET", "/api/v3/account/", self.spot_balance, 5),
            Route("GET", f"{at}/balance", self.balance, 10),
            Route("GET", f"{at}/position/allPosition", self.positions, 15),
            Route("GET", f"{at}/position/singlePosition", self.positions, 3),
            Route("GET", f"{at}/symbolConfig", self.settings, 10),
            Route("GET", f"{at}/commissionRate", self.commission, 10),
            Route("POST", f"{at}/leverage", self.set_leverage, 20),
            Route("POST", f"{at}/marginType", self.set_margin_type, 50),
            Route("POST", f"{at}/positionMargin", self.move_margin, 30),
            Route("POST", f"{at}/income", self.income, 5),
        ]

    def _ledger(self, lag: Callable[[Lags], int]) -> Ledger:
        wait_ms = lag(self._habits.lags)
        live = self._matching.ledger
        return self._history.as_of(self._agenda.now_ms() - wait_ms, live) if wait_ms else live

    def _symbol(self, ask: Ask) -> str | None:
        """The market that is meant; a demo account's names are not those of the list."""
        name = ask.text("symbol")
        if name is None:
            return None
        name = name.removesuffix("SUSDT") + "USDT" if self._rendering.demo and name.endswith("SUSDT") else name
        if name not in self._matching.markets:
            raise Refusal(-1121, f"invalid symbol {name}")
        return name

    def _needed_symbol(self, ask: Ask) -> str:
        ask.required("symbol")
        return self._symbol(ask) or ""

    def balance(self, ask: Ask) -> object:
        return [self._rendering.balance(self._ledger(lambda lags: lags.balance))]

    def spot_balance(self, ask: Ask) -> object:
        """The spot wallet, in which there is nothing."""
        return {"balances": [{"asset": "USDT", "free": "0.00", "locked": "0.00"}]}

    def positions(self, ask: Ask) -> object:
        symbol = self._symbol(ask)
        rows = [
            self._rendering.position(position)
            for position in self._ledger(lambda lags: lags.positions).positions.values()
            if symbol in (None, position.symbol) and (position.size or self._habits.flat_rows)
        ]
        self._dialect.random.shuffle(rows)
        return rows

    def settings(self, ask: Ask) -> object:
        asked = self._symbol(ask)
        symbols = [asked] if asked else list(self._matching.markets)
        return [surplus(self._setting(symbol) | {"separatedType": "COMBINED"}) for symbol in symbols]

    def _setting(self, symbol: str) -> Row:
        setting = self._matching.books.setting(symbol)
        return {
            "symbol": symbol,
            "marginType": "ISOLATED" if setting.isolated else "CROSSED",
            "crossLeverage": Decimal(setting.leverage_cross),
            "isolatedLongLeverage": Decimal(setting.leverage_long),
            "isolatedShortLeverage": Decimal(setting.leverage_short),
        }

    def commission(self, ask: Ask) -> object:
        market = self._matching.markets[self._needed_symbol(ask)]
        rates: Row = {"makerCommissionRate": market.maker, "takerCommissionRate": market.taker}
        return surplus(rates | {"symbol": market.name})

    def set_leverage(self, ask: Ask) -> object:
        """Set what is named; a cross leverage leaves the isolated ones alone."""
        symbol = self._needed_symbol(ask)
        names = ("crossLeverage", "isolatedLongLeverage", "isolatedShortLeverage")
        cross, long, short = (self._leverage(symbol, ask, name) for name in names)
        before = self._matching.books.setting(symbol)
        setting = Setting(
            isolated=before.isolated,
            leverage_cross=cross or before.leverage_cross,
            leverage_long=long or before.leverage_long,
            leverage_short=short or before.leverage_short,
        )
        self._matching.books.set_leverage(symbol, setting, self._agenda.now_ms())
        self._note()
        return surplus(self._setting(symbol))

    def _leverage(self, symbol: str, ask: Ask, name: str) -> int | None:
        leverage = ask.decimal(name)
        if leverage is None:
            return None
        if leverage % 1 or not 1 <= leverage <= self._matching.markets[symbol].leverage_max:
            raise Refusal(-3313, f"{name} is out of range")
        return int(leverage)

    def set_margin_type(self, ask: Ask) -> object:
        symbol, kind = self._needed_symbol(ask), ask.required("marginType")
        if kind not in ("CROSSED", "ISOLATED"):
            raise Refusal(-1142, "invalid marginType")
        if ask.text("separatedType") not in (None, "COMBINED"):
            raise Refusal(-1140, "this account combines the fills of a side")
        before, ledger = self._matching.books.setting(symbol), self._matching.ledger
        isolated = kind == "ISOLATED"
        if isolated is before.isolated and self._habits.unchanged_mode_refused:
            raise Refusal(-1140, f"marginType is {kind} already")
        orders = [order for order in ledger.live_orders() if order.asked.symbol == symbol]
        held = [position for position in ledger.held() if position.symbol == symbol]
        if isolated is not before.isolated and (orders or held):
            raise Refusal(-1150, "marginType cannot change while there are positions or orders")
        ledger.settings[symbol] = replace(before, isolated=isolated)
        return surplus({"symbol": symbol, "marginType": kind, "separatedType": "COMBINED"})

    def move_margin(self, ask: Ask) -> object:
        wanted, amount = ask.required("isolatedPositionId"), ask.decimal("amount")
        if amount is None or amount <= 0 or ask.number("type") not in (1, 2):
            raise Refusal(-1142, "an amount, and 1 to add or 2 to take it, are required")
        for position in self._matching.ledger.held():
            if str(position.id) == wanted:
                signed = amount if ask.number("type") == 1 else -amount
                self._matching.books.add_margin(position, signed, self._agenda.now_ms())
                self._note()
                return {"code": "200", "msg": "success", "requestTime": Stamp(self._agenda.now_ms())}
        raise Refusal(-1140, "no such position")

    def income(self, ask: Ask) -> object:
        """Bills, newest first; ``nextKey`` names the last one given."""
        symbol, kind = self._symbol(ask), ask.text("incomeType")
        since, until = ask.number("startTime"), ask.number("endTime")
        if (since is None) is not (until is None):
            raise Refusal(-1128, "startTime and endTime go together")
        key, limit = ask.number("nextKey"), min(ask.number("limit") or 20, ROWS_MAX)
        found = [
            bill
            for bill in reversed(self._ledger(lambda lags: lags.bills).bills)
            if symbol in (None, bill.symbol)
            and kind in (None, bill.kind)
            and (since is None or since <= bill.at_ms)
            and (until is None or bill.at_ms <= until)
            and (key is None or bill.id < key)
        ]
        more = len(found) > limit
        items = [self._rendering.bill(bill) for bill in found[:limit]]
        return {"hasNextPage": more, "nextKey": str(found[limit - 1].id) if more else None, "items": items}

    def _note(self) -> None:
        self._history.note(self._agenda.now_ms(), self._matching.ledger)
