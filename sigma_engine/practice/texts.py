"""WEEX's JSON shapes of what the exchange deals in, field for field; figures travel as text."""

from sigma_engine.practice.book import Level
from sigma_engine.practice.floor import Floor
from sigma_engine.practice.market_port import Candle, Day
from sigma_engine.practice.money import scaled, value_of
from sigma_engine.practice.nouns import (
    UNIT,
    Bill,
    Fill,
    Kind,
    Listing,
    MarginMode,
    Order,
    Position,
    Quote,
    Side,
    Ticket,
    Trade,
)
from sigma_engine.practice.parameters import plain
from sigma_engine.practice.reply import Json

Row = dict[str, Json]


def market_row(listing: Listing) -> Row:
    """A market of the exchangeInfo."""
    return {
        "symbol": listing.symbol,
        "baseAsset": listing.base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": str(listing.price_decimals),
        "quantityPrecision": str(listing.quantity_decimals),
        "baseAssetPrecision": str(listing.quantity_decimals),
        "quotePrecision": "8",
        "contractVal": plain(listing.contract_value),
        "delivery": _delivery_times(listing.funding_minutes),
        "forwardContractFlag": True,
        "minLeverage": "1",
        "maxLeverage": str(listing.max_leverage),
        "buyLimitPriceRatio": plain(listing.price_band),
        "sellLimitPriceRatio": plain(listing.price_band),
        "makerFeeRate": plain(listing.maker_rate),
        "takerFeeRate": plain(listing.taker_rate),
        "minOrderSize": plain(listing.min_quantity),
        "maxOrderSize": plain(listing.max_quantity),
        "maxPositionSize": plain(listing.max_position),
        "marketOpenLimitSize": plain(listing.largest_market_order),
    }


def ticker_row(quote: Quote, day: Day) -> Row:
    """The last 24 hours of a market; the change in percent is a fraction."""
    change = quote.last - day.open
    return {
        "symbol": quote.symbol,
        "priceChange": plain(change),
        "priceChangePercent": plain(scaled(change, UNIT, day.open) if day.open else 0),
        "lastPrice": plain(quote.last),
        "openPrice": plain(day.open),
        "highPrice": plain(day.high),
        "lowPrice": plain(day.low),
        "volume": plain(day.volume),
        "quoteVolume": plain(day.value),
        "openTime": day.open_ms,
        "closeTime": day.close_ms,
        "markPrice": plain(quote.mark),
        "indexPrice": plain(quote.index),
    }


def candle_row(candle: Candle, interval_ms: int) -> list[Json]:
    """A candle as a row of eleven."""
    prices = (candle.open, candle.high, candle.low, candle.close, candle.volume)
    return [
        candle.open_ms,
        *(plain(price) for price in prices),
        candle.open_ms + interval_ms - 1,
        plain(candle.value),
        candle.trades,
        plain(candle.taker_volume),
        plain(candle.taker_value),
    ]


def trade_row(trade: Trade) -> Row:
    """A trade of the market."""
    return {
        "id": str(trade.trade_id),
        "price": plain(trade.price),
        "qty": plain(trade.quantity),
        "quoteQty": plain(value_of(trade.price, trade.quantity)),
        "time": trade.at_ms,
        "isBuyerMaker": trade.buyer_maker,
        "isBestMatch": True,
    }


def order_row(floor: Floor, order: Order) -> Row:
    """An order, or a trigger seen through the calls for orders."""
    ticket = order.ticket
    return {
        "avgPrice": plain(_average(order)),
        "clientOrderId": ticket.client_id,
        "cumQuote": plain(order.value),
        "executedQty": plain(order.filled),
        "orderId": order.order_id,
        "origQty": plain(ticket.quantity),
        "price": plain(ticket.price or 0),
        "reduceOnly": ticket.closes,
        "side": ticket.side,
        "positionSide": ticket.hold,
        "status": order.status,
        "stopPrice": plain(ticket.trigger or 0),
        "symbol": floor.told(ticket.symbol),
        "time": order.created_ms,
        "timeInForce": time_in_force(ticket),
        "type": ticket.kind,
        "updateTime": order.updated_ms,
        "workingType": ticket.trigger_by if ticket.kind.waits else "UNKNOWN_PRICE_TYPE",
    }


def trigger_row(floor: Floor, order: Order) -> Row:
    """A conditional ("algo") order that waits."""
    ticket = order.ticket
    return {
        "algoId": order.order_id,
        "clientAlgoId": ticket.client_id,
        "algoType": "CONDITIONAL",
        "orderType": ticket.kind,
        "symbol": floor.told(ticket.symbol),
        "side": ticket.side,
        "positionSide": ticket.hold,
        "timeInForce": time_in_force(ticket),
        "quantity": plain(ticket.quantity),
        "algoStatus": order.status,
        "actualOrderId": order.executed_as,
        "actualPrice": plain(_average(order)),
        "triggerPrice": plain(ticket.trigger or 0),
        "price": plain(ticket.price or 0),
        "tpTriggerPrice": _optional(ticket.target_trigger),
        "tpPrice": None,
        "slTriggerPrice": _optional(ticket.stop_trigger),
        "slPrice": None,
        "tpOrderType": None,
        "workingType": ticket.trigger_by,
        "closePosition": False,
        "reduceOnly": ticket.closes,
        "createTime": order.created_ms,
        "updateTime": order.updated_ms,
        "triggerTime": order.triggered_ms,
    }


def fill_row(floor: Floor, fill: Fill) -> Row:
    """An execution of the account's own."""
    return {
        "id": fill.fill_id,
        "orderId": fill.order_id,
        "symbol": floor.told(fill.symbol),
        "buyer": fill.side is Side.BUY,
        "commission": plain(fill.fee),
        "commissionAsset": floor.asset,
        "maker": fill.maker,
        "price": plain(fill.price),
        "qty": plain(fill.quantity),
        "quoteQty": plain(fill.value),
        "realizedPnl": plain(fill.realised),
        "side": fill.side,
        "positionSide": fill.hold,
        "time": fill.at_ms,
    }


def position_row(floor: Floor, position: Position) -> Row:
    """One side of a market that is held; the size is in base coin, the notional is the entry's."""
    isolated = position.mode is MarginMode.ISOLATED
    return {
        "id": position.position_id,
        "asset": floor.asset,
        "symbol": floor.told(position.symbol),
        "side": position.hold,
        "marginType": position.mode,
        "separatedMode": "SEPARATED" if position.open_order_id else "COMBINED",
        "separatedOpenOrderId": position.open_order_id,
        "leverage": f"{position.leverage}.00",
        "size": plain(position.size),
        "openValue": plain(position.open_value),
        "openFee": plain(position.open_fee),
        "fundingFee": plain(position.funding),
        "marginSize": plain(position.margin),
        "isolatedMargin": plain(position.margin if isolated else 0),
        "isAutoAppendIsolatedMargin": False,
        "cumOpenSize": plain(position.total_opened),
        "cumOpenValue": plain(position.total_open_value),
        "cumOpenFee": plain(position.total_open_fee),
        "cumCloseSize": plain(position.total_closed),
        "cumCloseValue": plain(position.total_close_value),
        "cumCloseFee": plain(position.total_close_fee),
        "cumFundingFee": plain(position.funding),
        "cumLiquidateFee": plain(position.total_liquidation_fee),
        "createdMatchSequenceId": position.created_ms,
        "updatedMatchSequenceId": position.updated_ms,
        "createdTime": position.created_ms,
        "updatedTime": position.updated_ms,
        "unrealizePnl": plain(position.unrealised),
        "liquidatePrice": plain(position.liquidation_price),
    }


def bill_row(floor: Floor, bill: Bill) -> Row:
    """A line of the statement."""
    return {
        "billId": str(bill.bill_id),
        "asset": floor.asset,
        "symbol": floor.told(bill.symbol) if bill.symbol else None,
        "income": plain(bill.amount),
        "incomeType": bill.kind,
        "balance": plain(bill.balance),
        "fillFee": "0",
        "time": bill.at_ms,
        "transferReason": "UNKNOWN_TRANSFER_REASON",
    }


def level_rows(side: list[Level]) -> list[Json]:
    """One side of the book: price and quantity."""
    return [[plain(price), plain(quantity)] for price, quantity in side]


def _average(order: Order) -> int:
    return scaled(order.value, UNIT, order.filled) if order.filled else 0


def time_in_force(ticket: Ticket) -> str:
    """How long it lasts, said or unsaid."""
    if ticket.time_in_force is not None:
        return ticket.time_in_force
    return "GTC" if ticket.kind in (Kind.LIMIT, Kind.STOP, Kind.TAKE_PROFIT) else "IOC"


def _optional(parts: int | None) -> str | None:
    return None if parts is None else plain(parts)


def _delivery_times(every_minutes: int) -> list[Json]:
    return [f"{minutes // 60:02d}:{minutes % 60:02d}:00" for minutes in range(0, 1440, every_minutes)]
