"""What a client of the contracts asks of the spot side: coins, markets of the same names, a clock, an empty account."""

from sigma_engine.practice.floor import ASSET, Calls, Floor, public, reading
from sigma_engine.practice.nouns import Listing
from sigma_engine.practice.parameters import Parameters, plain
from sigma_engine.practice.public_rest import server_time
from sigma_engine.practice.reply import Json


def _coins(floor: Floor, given: Parameters) -> Json:
    names = dict.fromkeys([ASSET, *(listing.base for listing in floor.exchange.listings)])
    return [_coin(name) for name in names] if floor.lists_spot else []


def _coin(name: str) -> Json:
    network: Json = {
        "network": name,
        "coin": name,
        "withdrawIntegerMultiple": "0.00000001",
        "isDefault": True,
        "depositEnable": False,
        "withdrawEnable": False,
        "depositDesc": None,
        "withdrawDesc": None,
        "name": name,
        "withdrawFee": "0",
        "withdrawMin": "0",
        "depositDust": "0",
        "minConfirm": 1,
        "withdrawTag": False,
        "contractAddressUrl": "",
        "contractAddress": "",
    }
    return {
        "coin": name,
        "depositAllEnable": False,
        "withdrawAllEnable": False,
        "name": name,
        "networkList": [network],
    }


def _markets(floor: Floor, given: Parameters) -> Json:
    listings = floor.exchange.listings if floor.lists_spot else ()
    return {"symbols": [_market(listing) for listing in listings]}


def _market(listing: Listing) -> Json:
    return {
        "symbol": listing.symbol,
        "status": "TRADING",
        "baseAsset": listing.base,
        "baseAssetPrecision": "8",
        "quoteAsset": ASSET,
        "quoteAssetPrecision": "8",
        "tickSize": plain(listing.tick),
        "stepSize": plain(listing.step),
        "minTradeAmount": plain(listing.min_quantity),
        "maxTradeAmount": plain(listing.max_quantity),
        "takerFeeRate": "0.001",
        "makerFeeRate": "0.001",
        "buyLimitPriceRatio": "0.1",
        "sellLimitPriceRatio": "0.1",
        "marketBuyLimitSize": plain(listing.max_quantity),
        "marketSellLimitSize": plain(listing.max_quantity),
        "marketFallbackPriceRatio": "0",
        "enableTrade": True,
        "enableDisplay": True,
        "displayDigitMerge": plain(listing.tick),
        "displayNew": False,
        "displayHot": False,
    }


def _ping(floor: Floor, given: Parameters) -> Json:
    return {}


def _account(floor: Floor, given: Parameters) -> Json:
    """The spot account: the contracts' money is elsewhere, so there is nothing in it."""
    return {
        "makerCommission": 0,
        "takerCommission": 0,
        "commissionRates": {"maker": "0.00000000", "taker": "0.00000000"},
        "canTrade": False,
        "canWithdraw": False,
        "canDeposit": False,
        "updateTime": floor.now_ms(),
        "accountType": "SPOT",
        "balances": [{"asset": ASSET, "free": "0", "locked": "0"}],
        "permissions": ["SPOT"],
        "uid": 1,
    }


SPOT_CALLS: Calls = {
    ("GET", "/api/v3/coins"): public(_coins, 5),
    ("GET", "/api/v3/exchangeInfo"): public(_markets, 20),
    ("GET", "/api/v3/time"): public(server_time),
    ("GET", "/api/v3/ping"): public(_ping),
    ("GET", "/api/v3/account/"): reading(_account, 5),
}
"""By method and path."""
