"""WEEX's demo account: money called SUSDT, markets called BTCSUSDT, four calls and nothing else."""

from collections.abc import Callable

from sigma_engine.practice.account_rest import balance, positions
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.floor import Calls, acting, reading
from sigma_engine.practice.nouns import Changed, Quote
from sigma_engine.practice.order_rest import ended, place

SANDBOX_CALLS: Calls = {
    ("GET", "/capi/v3/sim/balance"): reading(balance, 10, demo=True),
    ("GET", "/capi/v3/sim/position/allPosition"): reading(positions, 15, demo=True),
    ("GET", "/capi/v3/sim/order/history"): reading(ended, 10, demo=True),
    ("POST", "/capi/v3/sim/order"): acting(place, 2, 5, demo=True),
}
"""By method and path."""


def follow(live: Exchange, demo: Exchange) -> Callable[[], None]:
    """Let the ``demo`` account trade at the prices of the ``live`` exchange from now on; the answer ends that."""

    def move(change: Changed) -> None:
        if isinstance(change, Quote):
            demo.move(change.symbol, change.last)

    return live.listen(move)
