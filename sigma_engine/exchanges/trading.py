"""What SIGMA knows of an exchange it sends orders to, as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sigma_engine.execution.gateway import Capabilities

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """How much of the past one question gives: rows of a page, and the longest span of time it may cover.

    Nothing is asked that is older than ``reach_ms``: the exchange keeps no more.
    """

    rows: int
    longest_ms: int
    reach_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingProfile:
    """An exchange's private side.

    ``capabilities`` is what it can do. ``balance``, ``positions``, ``history`` and ``order`` are paths, ``money`` what
    it calls the settlement coin. ``weights`` are what its calls cost of ``weight_per_window``, which come back
    ``window_ms`` after they were spent, by method and path; they are also all that may ever be signed.
    ``entries_per_minute`` keeps below its own limit of orders. ``client_ids`` is what it accepts as one.
    """

    capabilities: Capabilities
    balance: str
    positions: str
    history: str
    order: str
    money: str
    weights: Mapping[tuple[str, str], int]
    public_weight: int
    weight_per_window: int
    window_ms: int
    entries_per_minute: int
    client_ids: re.Pattern[str]
    fills: Pages
    orders: Pages
    bills: Pages

    @property
    def signable(self) -> frozenset[tuple[str, str]]:
        """Method and path of every private call."""
        return frozenset(self.weights)


WEEX = TradingProfile(
    capabilities=Capabilities(
        attaches_protection=True,
        rests_protection=True,
        lists_orders=True,
        cancels=True,
        sets_terms=True,
        lists_fills=True,
        bills=True,
        streams=True,
    ),
    balance="capi/v3/account/balance",
    positions="capi/v3/account/position/allPosition",
    history="capi/v3/order/history",
    order="capi/v3/order",
    money="USDT",
    weights=MappingProxyType(
        {
            ("GET", "capi/v3/account/balance"): 10,
            ("GET", "capi/v3/account/symbolConfig"): 10,
            ("GET", "capi/v3/account/position/allPosition"): 15,
            ("GET", "capi/v3/openOrders"): 5,
            ("GET", "capi/v3/openAlgoOrders"): 3,
            ("GET", "capi/v3/order/history"): 10,
            ("GET", "capi/v3/userTrades"): 5,
            ("POST", "capi/v3/account/income"): 5,
            ("POST", "capi/v3/account/marginType"): 50,
            ("POST", "capi/v3/account/leverage"): 20,
            ("POST", "capi/v3/order"): 5,
            ("POST", "capi/v3/algoOrder"): 5,
            ("DELETE", "capi/v3/order"): 3,
            ("DELETE", "capi/v3/algoOrder"): 3,
        }
    ),
    public_weight=5,
    weight_per_window=500,
    # A second more than the exchange's ten: requests are counted there, after a way of changing length.
    window_ms=11_000,
    entries_per_minute=30,
    client_ids=re.compile(r"[.A-Z:/a-z0-9_-]{1,36}"),
    fills=Pages(rows=100, longest_ms=7 * DAY_MS, reach_ms=90 * DAY_MS),
    orders=Pages(rows=1_000, longest_ms=7 * DAY_MS, reach_ms=90 * DAY_MS),
    bills=Pages(rows=100, longest_ms=90 * DAY_MS, reach_ms=90 * DAY_MS),
)

WEEX_DEMO = TradingProfile(
    capabilities=Capabilities(
        # Nobody can read there whether a stop that was sent along is waiting.
        attaches_protection=False,
        rests_protection=False,
        lists_orders=False,
        cancels=False,
        sets_terms=False,
        lists_fills=False,
        bills=False,
        streams=False,
    ),
    balance="capi/v3/sim/balance",
    positions="capi/v3/sim/position/allPosition",
    history="capi/v3/sim/order/history",
    order="capi/v3/sim/order",
    money="SUSDT",
    weights=MappingProxyType(
        {
            ("GET", "capi/v3/sim/balance"): 10,
            ("GET", "capi/v3/sim/position/allPosition"): 15,
            ("GET", "capi/v3/sim/order/history"): 10,
            ("POST", "capi/v3/sim/order"): 5,
        }
    ),
    public_weight=5,
    weight_per_window=500,
    window_ms=11_000,
    entries_per_minute=30,
    client_ids=WEEX.client_ids,
    fills=WEEX.fills,
    orders=WEEX.orders,
    bills=WEEX.bills,
)
