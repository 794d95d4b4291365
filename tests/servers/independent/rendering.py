"""The account's rows as WEEX's REST interface and its private channels write them."""

from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal

from tests.servers.independent.accounting import Books
from tests.servers.independent.habits import Dialect, Ident, Maybe, Stamp, surplus
from tests.servers.independent.nouns import MONEY, ZERO, Algo, Bill, Fill, Ledger, Order, Position, Status

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Rendering:
    """Rows of one account; a demo account's symbols and money have names of their own."""

    books: Books
    prices: dict[str, Decimal]
    dialect: Dialect
    demo: bool = False

    @property
    def asset(self) -> str:
        return "SUSDT" if self.demo else "USDT"

    def name(self, symbol: str) -> str:
        return symbol.removesuffix("USDT") + self.asset

    def word(self, status: Status) -> str:
        """One of the words the exchange has for a status."""
        habits = self.dialect.habits
        words = {
            Status.NEW: ("NEW", "OPEN"),
            Status.PARTIAL: habits.partial_words,
            Status.CANCELED: habits.canceled_words,
            Status.TRIGGERED: (habits.triggered_word,),
        }
        return self.dialect.word(words.get(status, (status.upper(),)))

    def order(self, order: Order) -> Row:
        asked = order.asked
        return surplus(
            {
                "avgPrice": average(order) if order.filled else Maybe(ZERO),
                "clientOrderId": asked.client_id or Maybe(""),
                "cumQuote": order.quote,
                "executedQty": order.filled,
                "orderId": Ident(order.id),
                "origQty": asked.quantity,
                "price": asked.price or Maybe(ZERO),
                "reduceOnly": asked.reduce_only,
                "side": asked.side,
                "positionSide": asked.way,
                "status": self.word(order.status),
                "stopPrice": Maybe("0"),
                "symbol": self.name(asked.symbol),
                "time": Stamp(order.created_ms),
                "timeInForce": Maybe(asked.time_in_force),
                "type": asked.kind,
                "updateTime": Stamp(order.updated_ms),
                "workingType": Maybe("UNKNOWN_PRICE_TYPE"),
            }
        )

    def algo_as_order(self, algo: Algo, ledger: Ledger) -> Row:
        """A conditional order in the shape of a plain one, as single readings and the past give it."""
        waiting = Order(id=algo.id, asked=algo.asked, created_ms=algo.created_ms, updated_ms=algo.updated_ms)
        done = ledger.orders.get(algo.actual_id)
        if done is not None:
            waiting = replace(waiting, filled=done.filled, quote=done.quote)
        row = self.order(replace(waiting, status=algo.status))
        if algo.is_live:
            row["status"] = "UNTRIGGERED"
        return row | {"stopPrice": algo.trigger.price, "workingType": algo.trigger.working}

    def algo(self, algo: Algo) -> Row:
        asked = algo.asked
        return surplus(
            {
                "algoId": Ident(algo.id),
                "clientAlgoId": asked.client_id or Maybe(""),
                "algoType": "CONDITIONAL",
                "orderType": asked.kind,
                "symbol": self.name(asked.symbol),
                "side": asked.side,
                "positionSide": asked.way,
                "timeInForce": Maybe("IOC"),
                "quantity": asked.quantity,
                "algoStatus": "UNTRIGGERED" if algo.is_live else self.word(algo.status),
                "actualOrderId": Ident(algo.actual_id),
                "actualPrice": Maybe(ZERO),
                "triggerPrice": algo.trigger.price,
                "price": asked.price or ZERO,
                "tpTriggerPrice": asked.target and asked.target.price,
                "slTriggerPrice": asked.stop and asked.stop.price,
                "tpPrice": None,
                "slPrice": None,
                "tpOrderType": Maybe(None),
                "workingType": algo.trigger.working,
                "closePosition": False,
                "reduceOnly": asked.reduce_only,
                "createTime": Stamp(algo.created_ms),
                "updateTime": Stamp(algo.updated_ms),
                "triggerTime": Stamp(algo.triggered_ms),
            }
        )

    def trade(self, fill: Fill) -> Row:
        return surplus(
            {
                "id": fill.id,
                "orderId": Ident(fill.order_id),
                "symbol": self.name(fill.symbol),
                "buyer": fill.side == "BUY",
                "commission": fill.fee,
                "commissionAsset": self.asset,
                "maker": fill.maker,
                "price": fill.price,
                "qty": fill.quantity,
                "quoteQty": fill.price * fill.quantity,
                "realizedPnl": fill.pnl,
                "side": fill.side,
                "positionSide": fill.way,
                "time": Stamp(fill.at_ms),
            }
        )

    def position(self, position: Position) -> Row:
        row = self._position(position)
        unrealised = position.unrealised(self.prices[position.symbol])
        liquidated_at = self.books.liquidation_price(position) if position.size else ZERO
        return surplus(
            row
            | {
                "asset": self.asset,
                "marginType": "ISOLATED" if position.isolated else "CROSSED",
                "marginSize": position.margin.quantize(MONEY),
                "unrealizePnl": unrealised.quantize(MONEY),
                "liquidatePrice": liquidated_at,
                "createdMatchSequenceId": Maybe(1),
                "updatedMatchSequenceId": Maybe(1),
            }
        )

    def _position(self, position: Position) -> Row:
        (opened, opened_value, opened_fee), (closed, closed_value, closed_fee) = position.bought, position.sold
        return {
            "id": Ident(position.id),
            "symbol": self.name(position.symbol),
            "side": position.way,
            "separatedMode": "COMBINED",
            "separatedOpenOrderId": Maybe(0),
            "leverage": Decimal(position.leverage),
            "size": position.size,
            "openValue": position.open_value,
            "openFee": Maybe(position.open_fee),
            "fundingFee": Maybe(position.funding),
            "isolatedMargin": position.margin.quantize(MONEY) if position.isolated else Maybe(ZERO),
            "isAutoAppendIsolatedMargin": Maybe(False),
            "cumOpenSize": Maybe(opened),
            "cumOpenValue": Maybe(opened_value),
            "cumOpenFee": Maybe(opened_fee),
            "cumCloseSize": Maybe(closed),
            "cumCloseValue": Maybe(closed_value),
            "cumCloseFee": Maybe(closed_fee),
            "cumFundingFee": Maybe(position.funding),
            "cumLiquidateFee": Maybe(ZERO),
            "createdTime": Stamp(position.created_ms),
            "updatedTime": Stamp(position.updated_ms),
        }

    def balance(self, ledger: Ledger) -> Row:
        books = copy(self.books)
        books.ledger = ledger
        return surplus(
            {
                "asset": self.asset,
                "balance": ledger.wallet,
                "availableBalance": max(ZERO, books.available()).quantize(MONEY),
                "frozen": books.frozen().quantize(MONEY),
                "unrealizePnl": books.unrealised().quantize(MONEY),
            }
        )

    def bill(self, bill: Bill) -> Row:
        return surplus(
            {
                "billId": Ident(bill.id),
                "asset": self.asset,
                "symbol": bill.symbol and self.name(bill.symbol),
                "income": bill.amount,
                "incomeType": bill.kind,
                "balance": bill.balance,
                "fillFee": Maybe(bill.fee),
                "time": Stamp(bill.at_ms),
                "transferReason": "UNKNOWN_TRANSFER_REASON",
            }
        )

    # The private channels

    def pushed_order(self, told: Order | Algo) -> Row:
        asked = told.asked
        order = told if isinstance(told, Order) else None
        setting = self.books.setting(asked.symbol)
        waits = isinstance(told, Algo) and told.is_live
        return surplus(
            {
                "id": Ident(told.id),
                "coin": self.asset,
                "symbol": asked.symbol,
                "marginMode": "ISOLATED" if setting.isolated else "CROSSED",
                "separatedMode": Maybe("COMBINED"),
                "separatedOpenOrderId": Maybe("0"),
                "positionSide": asked.way,
                "orderSide": asked.side,
                "price": asked.price or ZERO,
                "size": asked.quantity,
                "clientOrderId": asked.client_id or Maybe(""),
                "type": asked.kind,
                "timeInForce": Maybe(asked.time_in_force),
                "reduceOnly": asked.reduce_only,
                "triggerPrice": asked.trigger.price if asked.trigger else ZERO,
                "triggerPriceType": Maybe("CONTRACT_PRICE"),
                "orderSource": Maybe("API"),
                "setOpenTp": asked.target is not None,
                "setOpenSl": asked.stop is not None,
                "leverage": Maybe(str(setting.leverage(asked.way))),
                "status": "UNTRIGGERED" if waits else self.word(told.status),
                "latestFillPrice": order.last_price if order else ZERO,
                "cumFillSize": order.filled if order else ZERO,
                "cumFillValue": order.quote if order else ZERO,
                "cumFillFee": order.fee if order else ZERO,
                "cumRealizePnl": order.pnl if order else ZERO,
                "createdTime": Stamp(told.created_ms),
                "updatedTime": Stamp(told.updated_ms),
            }
        )

    def pushed_fill(self, fill: Fill) -> Row:
        setting = self.books.setting(fill.symbol)
        return surplus(
            {
                "id": Ident(fill.stream_id),
                "coin": self.asset,
                "symbol": fill.symbol,
                "orderId": Ident(fill.order_id),
                "marginMode": "ISOLATED" if setting.isolated else "CROSSED",
                "separatedMode": Maybe("COMBINED"),
                "separatedOpenOrderId": Maybe("0"),
                "positionSide": fill.way,
                "orderSide": fill.side,
                "fillSize": fill.quantity,
                "fillValue": fill.price * fill.quantity,
                "fillFee": ZERO if fill.liquidates else fill.fee,
                "liquidateFee": fill.fee if fill.liquidates else Maybe(ZERO),
                "realizePnl": fill.pnl,
                "direction": "MAKER" if fill.maker else "TAKER",
                "createdTime": Stamp(fill.at_ms),
                "updatedTime": Stamp(fill.at_ms),
            }
        )

    def pushed_position(self, position: Position) -> Row:
        mode = "ISOLATED" if position.isolated else "CROSSED"
        return surplus(self._position(position) | {"coin": self.asset, "marginMode": mode})

    def pushed_account(self, now_ms: int) -> Row:
        return surplus(
            {
                "coin": self.asset,
                "marginMode": "CROSSED",
                "crossSymbol": Maybe("0"),
                "isolatedPositionId": Maybe("0"),
                "amount": max(ZERO, self.books.available()).quantize(MONEY),
                "legacyAmount": self.books.ledger.wallet,
                "updatedTime": Stamp(now_ms),
            }
        )


def average(order: Order) -> Decimal:
    """The mean price of what was filled, to eight digits."""
    return (order.quote / order.filled).quantize(MONEY)
