"""The calls about the account: its money, its positions, how it trades each market, its statement."""

import sys
from enum import StrEnum

from sigma_engine.practice.floor import Calls, Floor, acting, reading
from sigma_engine.practice.nouns import Bill, MarginMode, Refusal
from sigma_engine.practice.parameters import Parameters, plain
from sigma_engine.practice.reply import Json
from sigma_engine.practice.texts import bill_row, position_row

EVERYTHING = sys.maxsize


class Separation(StrEnum):
    """Whether fills of one side make one position or each a position of its own."""

    COMBINED = "COMBINED"
    SEPARATED = "SEPARATED"


def balance(floor: Floor, given: Parameters) -> Json:
    """The account's money."""
    wallet = floor.exchange.wallet()
    return [
        {
            "asset": floor.asset,
            "balance": plain(wallet.total),
            "availableBalance": plain(wallet.available),
            "frozen": plain(wallet.frozen),
            "unrealizePnl": plain(wallet.unrealised),
        }
    ]


def positions(floor: Floor, given: Parameters) -> Json:
    """Everything that is held."""
    return [position_row(floor, position) for position in floor.exchange.positions(None)]


def _position(floor: Floor, given: Parameters) -> Json:
    return [position_row(floor, position) for position in floor.exchange.positions(floor.symbol(given))]


def _set_leverage(floor: Floor, given: Parameters) -> Json:
    """Either a crossLeverage or an isolated one, the same for both sides: one leverage is kept per market."""
    symbol = floor.symbol(given)
    given.optional_word("marginType", MarginMode, -1142)
    names = ("crossLeverage", "isolatedLongLeverage", "isolatedShortLeverage")
    wanted = {leverage for name in names if (leverage := given.number(name)) is not None}
    if not wanted:
        raise Refusal(-1141, "Parameter 'crossLeverage' cannot be empty.")
    if len(wanted) > 1:
        raise Refusal(-1128, "Combination of optional parameters invalid: one leverage is kept per market.")
    floor.exchange.set_leverage(symbol, wanted.pop())
    return _done(floor)


def _set_margin_mode(floor: Floor, given: Parameters) -> Json:
    symbol = floor.symbol(given)
    mode = given.word("marginType", MarginMode, -1142)
    separation = given.optional_word("separatedType", Separation, -1142)
    floor.exchange.set_margin_mode(symbol, mode)
    if separation is not None:
        floor.exchange.set_separated(symbol, separation is Separation.SEPARATED)
    return _done(floor)


def _move_margin(floor: Floor, given: Parameters) -> Json:
    """Add (type 1) to the margin of an isolated position or take (type 2) from it."""
    position_id, amount, way = given.number("isolatedPositionId"), given.parts("amount"), given.number("type")
    if position_id is None:
        raise Refusal(-1141, "Parameter 'isolatedPositionId' cannot be empty.")
    if way not in (1, 2):
        raise Refusal(-1142, "Parameter 'type' is invalid.")
    floor.exchange.move_margin(position_id, amount if way == 1 else -amount)
    return _done(floor)


def _done(floor: Floor) -> Json:
    return {"code": "200", "msg": "success", "requestTime": floor.now_ms()}


def _symbol_config(floor: Floor, given: Parameters) -> Json:
    return [_config(floor, symbol) for symbol in floor.symbols(given)]


def _config(floor: Floor, symbol: str) -> Json:
    exchange = floor.exchange
    leverage = f"{exchange.leverage(symbol)}.00"
    return {
        "symbol": symbol,
        "marginType": exchange.margin_mode(symbol),
        "separatedType": Separation.SEPARATED if exchange.separated(symbol) else Separation.COMBINED,
        "crossLeverage": leverage,
        "isolatedLongLeverage": leverage,
        "isolatedShortLeverage": leverage,
    }


def _commission(floor: Floor, given: Parameters) -> Json:
    listing = floor.exchange.listing(floor.symbol(given))
    return {
        "symbol": listing.symbol,
        "makerCommissionRate": plain(listing.maker_rate),
        "takerCommissionRate": plain(listing.taker_rate),
    }


def _income(floor: Floor, given: Parameters) -> Json:
    """The newest lines of the statement first; ``nextKey`` goes on with those before it."""
    symbol, limit, (since_ms, until_ms) = floor.optional_symbol(given), given.limit(20, 100), given.span()
    if (given.optional("startTime") is None) is not (given.optional("endTime") is None):
        raise Refusal(-1128, "Combination of optional parameters invalid: startTime and endTime go together.")
    if given.optional("currency") not in (None, floor.asset):
        return _page(floor, [], limit)
    bills = floor.exchange.bills(given.optional("incomeType"), symbol, since_ms, until_ms, EVERYTHING)
    before = given.number("nextKey")
    return _page(floor, [bill for bill in bills if before is None or bill.bill_id < before], limit)


def _page(floor: Floor, bills: list[Bill], limit: int) -> Json:
    more = len(bills) > limit
    return {
        "hasNextPage": more,
        "nextKey": str(bills[limit - 1].bill_id) if more else None,
        "items": [bill_row(floor, bill) for bill in bills[:limit]],
    }


ACCOUNT_CALLS: Calls = {
    ("GET", "/capi/v3/account/balance"): reading(balance, 10),
    ("GET", "/capi/v3/account/position/allPosition"): reading(positions, 15),
    ("GET", "/capi/v3/account/position/singlePosition"): reading(_position, 3),
    ("GET", "/capi/v3/account/symbolConfig"): reading(_symbol_config, 10),
    ("GET", "/capi/v3/account/commissionRate"): reading(_commission, 10),
    ("POST", "/capi/v3/account/income"): reading(_income, 5),
    ("POST", "/capi/v3/account/leverage"): acting(_set_leverage, 10, 20),
    ("POST", "/capi/v3/account/marginType"): acting(_set_margin_mode, 50, 50),
    ("POST", "/capi/v3/account/positionMargin"): acting(_move_margin, 30, 30),
}
"""By method and path."""
