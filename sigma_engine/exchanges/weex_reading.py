"""WEEX's raw rows as the nouns of `domain.venue`; amounts from their text, states from what was executed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from sigma_engine.domain.money import ZERO, bare
from sigma_engine.domain.order import OrderSide, PositionSide
from sigma_engine.domain.venue import (
    BillKind,
    VenueBill,
    VenueFill,
    VenueOrder,
    VenueOrderKind,
    VenueOrderState,
    VenuePosition,
    VenueWallet,
)

Row = Mapping[str, Any]
Noun = TypeVar("Noun")

_KINDS = {
    "MARKET": VenueOrderKind.MARKET,
    "LIMIT": VenueOrderKind.LIMIT,
    "STOP": VenueOrderKind.STOP,
    "STOP_MARKET": VenueOrderKind.STOP,
    "TAKE_PROFIT": VenueOrderKind.TARGET,
    "TAKE_PROFIT_MARKET": VenueOrderKind.TARGET,
}
_ENDED = ("CANCELED", "CANCELLED", "EXPIRED", "REJECTED", "FAILED", "PARTIALLY_CANCELED", "PARTIALLY_CANCELLED")
_ACTED = ("TRIGGERED", "FILLED", "FULL_FILL", "FINISHED", "EXECUTED")
_BILLS = {
    "position_funding": BillKind.FUNDING,
    "start_liquidate": BillKind.LIQUIDATION,
    "finish_liquidate": BillKind.LIQUIDATION,
    "order_liquidate_fee_income": BillKind.LIQUIDATION,
    "deposit": BillKind.TRANSFER,
    "withdraw": BillKind.TRANSFER,
    "transfer_in": BillKind.TRANSFER,
    "transfer_out": BillKind.TRANSFER,
    "position_open_long": BillKind.TRADE,
    "position_open_short": BillKind.TRADE,
    "position_close_long": BillKind.TRADE,
    "position_close_short": BillKind.TRADE,
    "order_fill_fee_income": BillKind.TRADE,
}


class Unreadable(Exception):
    """A row is not in the form WEEX's documents give it; what it says is then not guessed."""


@dataclass(frozen=True, slots=True)
class WeexReader:
    """Reads rows; ``symbols`` are our names by the exchange's, ``money`` what it calls the settlement coin."""

    symbols: Mapping[str, str]
    money: str = "USDT"

    def orders(self, rows: Any) -> list[VenueOrder]:
        """Plain orders, and what the history makes of conditional ones."""
        return _each(rows, self._order)

    def waiting(self, rows: Any) -> list[VenueOrder]:
        """Conditional ("algo") orders."""
        return _each(rows, self._waiting)

    def fills(self, rows: Any) -> list[VenueFill]:
        """Executions."""
        return _each(rows, self._fill)

    def positions(self, rows: Any) -> list[VenuePosition]:
        """What is held: one position per market and side, though the exchange may keep one per opening order."""
        held: dict[tuple[str, PositionSide], VenuePosition] = {}
        for position in _each(rows, self._position):
            if position.quantity:
                key = (position.symbol, position.side)
                held[key] = _together(held[key], position) if key in held else position
        return list(held.values())

    def wallet(self, rows: Any) -> VenueWallet:
        """The money; raises `Unreadable` where the settlement coin is not among it."""
        row = next((row for row in _rows(rows) if row.get("asset") == self.money), None)
        if row is None:
            raise Unreadable(f"it names no {self.money}")
        unrealised = _optional(row, "unrealizePnl", "unrealizedPnl") or ZERO
        return VenueWallet(total=_amount(row, "balance"), free=_amount(row, "availableBalance"), unrealised=unrealised)

    def bills(self, rows: Any) -> list[VenueBill]:
        """Lines of the statement, in the settlement coin."""
        return [self._bill(row) for row in _rows(rows) if row.get("asset", self.money) == self.money]

    def symbol(self, market: str) -> str:
        """Our name of a market; one the exchange did not list keeps a name of the same form, it is never dropped."""
        known = self.symbols.get(market)
        if known is not None:
            return known
        base = market.removesuffix(self.money)
        return f"{base}/USDT:USDT" if base and base != market else market

    def _order(self, row: Row) -> VenueOrder:
        quantity, filled = _amount(row, "origQty"), _amount(row, "executedQty")
        kind = _kind(_text(row, "type"), row)
        return VenueOrder(
            venue_id=_text(row, "orderId"),
            client_id=_name(row, "clientOrderId"),
            symbol=self.symbol(_text(row, "symbol")),
            side=_side(row),
            position_side=_position_side(row),
            kind=kind,
            quantity=quantity,
            filled=filled,
            average=_average(row, filled),
            trigger=_price(row, "stopPrice", "triggerPrice"),
            reduces=row.get("reduceOnly") is True or _closes(row),
            state=_state(_text(row, "status"), filled, quantity, _waits(kind)),
            created_ms=_moment(row, "time", "createTime"),
            updated_ms=_moment(row, "updateTime", "time"),
            executed_as=_id(row, "actualOrderId"),
        )

    def _waiting(self, row: Row) -> VenueOrder:
        quantity = _amount(row, "quantity", "origQty")
        executed_as = _id(row, "actualOrderId")
        return VenueOrder(
            venue_id=_text(row, "algoId"),
            client_id=_name(row, "clientAlgoId"),
            symbol=self.symbol(_text(row, "symbol")),
            side=_side(row),
            position_side=_position_side(row),
            kind=_kind(_text(row, "orderType"), row),
            quantity=quantity,
            filled=ZERO,
            average=None,
            trigger=_price(row, "triggerPrice"),
            reduces=row.get("reduceOnly") is True or row.get("closePosition") is True or _closes(row),
            state=VenueOrderState.FILLED if executed_as else _state(_text(row, "algoStatus"), ZERO, quantity, True),
            created_ms=_moment(row, "createTime"),
            updated_ms=_moment(row, "updateTime", "createTime"),
            executed_as=executed_as,
        )

    def _fill(self, row: Row) -> VenueFill:
        return VenueFill(
            trade_id=_text(row, "id"),
            order_id=_text(row, "orderId"),
            symbol=self.symbol(_text(row, "symbol")),
            side=_side(row),
            position_side=_position_side(row),
            price=_amount(row, "price"),
            quantity=_amount(row, "qty"),
            fee=_amount(row, "commission"),
            realised=_optional(row, "realizedPnl"),
            maker=row.get("maker") is True,
            at_ms=_moment(row, "time"),
        )

    def _position(self, row: Row) -> VenuePosition:
        size = _amount(row, "size")
        isolated = str(row.get("marginType") or row.get("marginMode") or "").upper() == "ISOLATED"
        margin = _optional(row, "isolatedMargin") if isolated else None
        return VenuePosition(
            symbol=self.symbol(_text(row, "symbol")),
            side=_word(PositionSide, _text(row, "side")),
            quantity=size,
            entry_price=_amount(row, "openValue") / size if size else ZERO,
            leverage=int(_amount(row, "leverage")),
            isolated=isolated,
            margin=margin or _optional(row, "marginSize") or ZERO,
            liquidation=_price(row, "liquidatePrice"),
            unrealised=_optional(row, "unrealizePnl"),
        )

    def _bill(self, row: Row) -> VenueBill:
        market = _name(row, "symbol")
        return VenueBill(
            bill_id=_text(row, "billId"),
            kind=_BILLS.get(_text(row, "incomeType").lower(), BillKind.OTHER),
            symbol=None if market is None else self.symbol(market),
            amount=_amount(row, "income"),
            at_ms=_moment(row, "time"),
        )


def number(value: object) -> Decimal | None:
    """A figure on the wire, text or number, without the zeros it may end on; None for nothing, NaN, anything else."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        return None
    return bare(figure) if figure.is_finite() else None


def _state(word: str, filled: Decimal, quantity: Decimal, waits: bool) -> VenueOrderState:
    """By what was executed; a word decides only about the rest."""
    if quantity > 0 and filled >= quantity:
        return VenueOrderState.FILLED
    if word.upper() in _ENDED:
        return VenueOrderState.DEAD
    if waits and word.upper() in _ACTED:
        return VenueOrderState.FILLED
    return VenueOrderState.LIVE


def _together(one: VenuePosition, other: VenuePosition) -> VenuePosition:
    """Two positions of one side as one; the liquidation that comes first counts."""
    quantity = one.quantity + other.quantity
    prices = [each.liquidation for each in (one, other) if each.liquidation is not None]
    nearest = max if one.side is PositionSide.LONG else min
    profits = [each.unrealised for each in (one, other) if each.unrealised is not None]
    return replace(
        one,
        quantity=quantity,
        entry_price=(one.entry_price * one.quantity + other.entry_price * other.quantity) / quantity,
        isolated=one.isolated and other.isolated,
        margin=one.margin + other.margin,
        liquidation=nearest(prices) if prices else None,
        unrealised=sum(profits, ZERO) if profits else None,
    )


def _average(row: Row, filled: Decimal) -> Decimal | None:
    """Worth over quantity: the price field of a market order is none."""
    worth = _optional(row, "cumQuote")
    if filled and worth:
        return worth / filled
    return _price(row, "avgPrice") if filled else None


def _waits(kind: VenueOrderKind) -> bool:
    return kind in (VenueOrderKind.STOP, VenueOrderKind.TARGET)


def _closes(row: Row) -> bool:
    return _side(row) is _position_side(row).closing


def _rows(rows: Any) -> Sequence[Row]:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Unreadable("it is no list of rows")
    return rows


def _each(rows: Any, read: Callable[[Row], Noun]) -> list[Noun]:
    return [read(row) for row in _rows(rows)]


def _kind(word: str, row: Row) -> VenueOrderKind:
    """What makes it act; an unknown type, which a person may have chosen there, is taken for the likest."""
    waits = _price(row, "stopPrice", "triggerPrice") is not None
    return _KINDS.get(word.upper(), VenueOrderKind.STOP if waits else VenueOrderKind.LIMIT)


def _side(row: Row) -> OrderSide:
    return _word(OrderSide, _text(row, "side"))


def _position_side(row: Row) -> PositionSide:
    return _word(PositionSide, _text(row, "positionSide"))


Word = TypeVar("Word", OrderSide, PositionSide)


def _word(kind: type[Word], text: str) -> Word:
    try:
        return kind(text.lower())
    except ValueError:
        raise Unreadable(f"{text!r} is neither of {', '.join(kind)}") from None


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise Unreadable(f"{name} is missing")
    return str(value)


def _name(row: Row, name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) and value else None


def _id(row: Row, name: str) -> str | None:
    value = row.get(name)
    return None if value in (None, "", 0, "0") else str(value)


def _optional(row: Row, *names: str) -> Decimal | None:
    return next((figure for name in names if (figure := number(row.get(name))) is not None), None)


def _amount(row: Row, *names: str) -> Decimal:
    figure = _optional(row, *names)
    if figure is None:
        raise Unreadable(f"{names[0]} is missing")
    return figure


def _price(row: Row, *names: str) -> Decimal | None:
    """A price; the exchange writes 0 where there is none."""
    return _optional(row, *names) or None


def _moment(row: Row, *names: str) -> int:
    return int(_amount(row, *names))


def by_id(orders: Iterable[VenueOrder]) -> list[VenueOrder]:
    """Each order once."""
    return list({order.venue_id: order for order in orders}.values())
