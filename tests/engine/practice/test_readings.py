"""What the practice exchange answers and tells, at once or late."""

from itertools import pairwise

from sigma_engine.practice.history import moment
from sigma_engine.practice.nouns import Bill, Changed, Fill, Order, Position, Quote, Trade, Wallet
from tests.engine.practice.stand import BTC, ETH, HOUR_MS, Stand, parts


def test_listeners_hear_the_history_in_its_order() -> None:
    stand, heard = Stand(), list[Changed]()
    known = len(stand.exchange.history)
    stop = stand.exchange.listen(heard.append)
    stand.buy("0.01", stop="69000")
    stand.move("69000")
    assert tuple(heard) == stand.exchange.history[known:]
    stop()
    stand.buy("0.01")
    assert len(heard) < len(stand.exchange.history) - known


def test_an_execution_is_told_as_order_fill_bills_position_wallet() -> None:
    stand, heard = Stand(), list[Changed]()
    stand.exchange.listen(heard.append)
    stand.buy("0.01")
    assert [type(change) for change in heard] == [Order, Order, Order, Fill, Bill, Position, Wallet]
    heard.clear()
    stand.move("70100")
    assert [type(change) for change in heard] == [Quote, Trade]


def test_the_history_never_goes_back_in_time() -> None:
    stand = Stand()
    stand.exchange.set_funding_rate(BTC, parts("0.001"))
    stand.exchange.knobs.hold_ms = 7 * HOUR_MS
    stand.buy("0.01")
    stand.wait(20 * HOUR_MS)
    stand.move("71000")
    assert all(moment(one) <= moment(next_) for one, next_ in pairwise(stand.exchange.history))


def test_lists_are_newest_first_cut_to_a_span_and_a_number() -> None:
    stand = Stand()
    stand.move("3000", symbol=ETH)
    for _ in range(5):
        stand.wait()
        stand.buy()
    stand.buy(symbol=ETH)
    times = [fill.at_ms for fill in stand.exchange.fills(BTC)]
    assert times == sorted(times, reverse=True)
    assert [fill.at_ms for fill in stand.exchange.fills(BTC, limit=2)] == times[:2]
    assert [fill.at_ms for fill in stand.exchange.fills(BTC, times[3], times[1])] == times[1:4]
    assert [order.created_ms for order in stand.exchange.ended_orders(BTC, times[3], times[1])] == times[1:4]
    last = stand.exchange.ended_orders()[0]
    assert [fill.order_id for fill in stand.exchange.fills(order_id=last.order_id)] == [last.order_id]
    assert stand.exchange.fills(limit=0) == []
    assert [trade.price for trade in stand.exchange.trades(ETH, 5)] == [parts("3000")]


def test_each_kind_of_reading_lags_by_itself() -> None:
    stand = Stand()
    stand.wait(5_000)
    stand.exchange.knobs.lag_ms = {"positions": 3_000}
    order = stand.buy("0.01")
    assert stand.order(order).filled == parts("0.01")
    assert len(stand.exchange.fills()) == 1
    assert stand.exchange.positions() == []
    assert stand.exchange.wallet().total == parts("10000")
    stand.wait(2_999)
    assert stand.exchange.positions() == []
    stand.wait(1)
    assert stand.position().size == parts("0.01")
    assert stand.exchange.wallet().total == parts("10000") - parts("0.56")


def test_late_orders_and_fills_show_what_was_then() -> None:
    stand = Stand()
    resting = stand.buy("0.01", "69900")
    stand.wait(5_000)
    stand.exchange.knobs.lag_ms = {"orders": 4_000, "fills": 2_000}
    stand.move("69900")
    assert [order.order_id for order in stand.exchange.open_orders()] == [resting.order_id]
    stand.wait(2_000)
    assert stand.exchange.open_orders() != []
    assert len(stand.exchange.fills()) == 1
    stand.exchange.knobs.lag_ms = {}
    assert stand.exchange.open_orders() == []


def test_a_lag_that_grows_shows_an_earlier_state_again() -> None:
    stand = Stand()
    stand.wait(10_000)
    stand.exchange.knobs.lag_ms = {"positions": 1}
    stand.buy("0.01")
    stand.wait(1)
    assert len(stand.exchange.positions()) == 1
    stand.exchange.knobs.lag_ms = {"positions": 5_000}
    assert stand.exchange.positions() == []


def test_the_book_is_deterministic_ordered_and_not_crossed() -> None:
    for spread in ("0", "0.0001"):
        one, other = Stand(seed=7, half_spread=spread), Stand(seed=7, half_spread=spread)
        bids, asks = one.exchange.depth(BTC, 15)
        assert (bids, asks) == other.exchange.depth(BTC, 15)
        assert [price for price, _ in bids] == sorted({price for price, _ in bids}, reverse=True)
        assert [price for price, _ in asks] == sorted({price for price, _ in asks})
        assert bids[0][0] < asks[0][0]
        step, tick = parts("0.0001"), parts("0.1")
        assert all(price % tick == 0 and quantity > 0 and quantity % step == 0 for price, quantity in bids + asks)
    assert Stand(seed=8).exchange.depth(BTC, 15) != Stand(seed=7).exchange.depth(BTC, 15)
