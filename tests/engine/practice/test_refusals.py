"""Every order the practice exchange does not take, with the code it answers."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.practice.nouns import Hold, Kind, MarginMode, Refusal, Side, TimeInForce
from sigma_engine.practice.refusals import parsed_kind, parsed_side, parsed_time_in_force
from tests.engine.practice.stand import BTC, Stand, listing, parts

SMALL = listing(max_quantity=parts(2), largest_market_order=parts(1), max_position=parts(3))


@pytest.mark.parametrize(
    ("code", "words", "asked"),
    [
        (-1121, "symbol", {"symbol": "NONEUSDT"}),
        (-1180, "client_oid", {"client_id": ""}),
        (-1180, "client_oid", {"client_id": "a" * 37}),
        (-1180, "client_oid", {"client_id": "with space"}),
        (-1180, "client_oid", {"client_id": "line\n"}),
        (-1117, "side", {"reduces": True}),
        (-1115, "timeInForce", {"time_in_force": TimeInForce.GTC}),
        (-1115, "timeInForce", {"kind": Kind.STOP_MARKET, "trigger": "71000", "time_in_force": TimeInForce.GTC}),
        (-1141, "price", {"kind": Kind.LIMIT}),
        (-1141, "triggerPrice", {"kind": Kind.STOP_MARKET}),
        (-1141, "price", {"kind": Kind.STOP, "trigger": "71000"}),
        (-1128, "triggerPrice", {"trigger": "71000"}),
        (-1160, "quantity", {"quantity": "0.01001"}),
        (-1160, "price", {"price": "69900.05"}),
        (-1160, "price", {"stop": "69000.01"}),
        (-1140, "minOrderSize", {"quantity": "0.0001"}),
        (-1140, "minOrderSize", {"quantity": "0"}),
        (-1140, "minOrderSize", {"quantity": "-0.01"}),
        (-1140, "positive", {"price": "0"}),
        (-1140, "price band", {"price": "70700.1"}),
        (-1140, "price band", {"side": Side.SELL, "hold": Hold.SHORT, "price": "69299.9"}),
        (-1140, "wrong side", {"stop": "70000"}),
        (-1140, "wrong side", {"target": "70000"}),
        (-1140, "wrong side", {"side": Side.SELL, "hold": Hold.SHORT, "stop": "69000"}),
        (-1140, "act at once", {"side": Side.SELL, "kind": Kind.STOP_MARKET, "trigger": "70000"}),
        (-1140, "act at once", {"side": Side.SELL, "kind": Kind.TAKE_PROFIT_MARKET, "trigger": "70000"}),
        (-1140, "act at once", {"hold": Hold.SHORT, "kind": Kind.STOP_MARKET, "trigger": "69999.9"}),
        (-3007, "Maximum", {"quantity": "1.0001"}),
        (-3007, "Maximum", {"quantity": "2.0001", "price": "69900"}),
        (-1054, "amount not enough", {"quantity": "1"}),
        (-1142, "no position", {"side": Side.SELL}),
    ],
)
def test_what_is_not_taken(code: int, words: str, asked: dict[str, Any]) -> None:
    stand = Stand(deposit="1000", listings=(SMALL,))
    before = stand.exchange.history
    with pytest.raises(Refusal, match=re.escape(words)) as refused:
        stand.exchange.place(stand.ticket(**asked))
    assert refused.value.code == code
    assert stand.exchange.history == before, "a refused order leaves nothing behind"


def test_the_largest_position_counts_what_is_held_and_what_rests() -> None:
    stand = Stand(deposit="100000", listings=(SMALL,))
    stand.buy("1")
    stand.buy("1.5", "69900")
    with pytest.raises(Refusal) as refused:
        stand.buy("0.5001", "69900")
    assert refused.value.code == -3007
    stand.buy("0.5", "69900")


def test_the_margin_that_just_suffices_is_enough() -> None:
    need = parts("700") + parts("5.6")
    with pytest.raises(Refusal, match="amount not enough"):
        Stand(deposit="705.59999999").buy("0.1")
    stand = Stand(deposit="705.6")
    stand.buy("0.1")
    assert stand.exchange.wallet().total == need - parts("5.6")


def test_leverage_beyond_the_listing() -> None:
    stand = Stand()
    for leverage in (0, 401):
        with pytest.raises(Refusal) as refused:
            stand.exchange.set_leverage(BTC, leverage)
        assert refused.value.code == -3313


def test_the_margin_mode_stays_while_it_is_used() -> None:
    stand = Stand()
    order = stand.buy("0.01", "69900")
    for change in (
        lambda: stand.exchange.set_margin_mode(BTC, MarginMode.CROSSED),
        lambda: stand.exchange.set_separated(BTC, True),
    ):
        with pytest.raises(Refusal) as refused:
            change()
        assert refused.value.code == -1128
    stand.exchange.cancel(order.order_id)
    stand.exchange.set_margin_mode(BTC, MarginMode.CROSSED)
    assert stand.exchange.margin_mode(BTC) is MarginMode.CROSSED


def test_an_order_nobody_gave() -> None:
    stand = Stand()
    stopped = stand.buy("0.01", stop="69000")
    (stop,) = stand.exchange.open_orders(waiting=True)
    for question in (
        lambda: stand.exchange.order(1),
        lambda: stand.exchange.cancel(1),
        lambda: stand.exchange.cancel(client_id="nobody"),
        lambda: stand.exchange.cancel(stopped.order_id),
        lambda: stand.exchange.cancel(stop.order_id),
    ):
        with pytest.raises(Refusal) as refused:
            question()
        assert refused.value.code == -3200


def test_a_market_without_a_price_takes_nothing() -> None:
    with pytest.raises(Refusal, match="no price yet"):
        Stand(price=None).buy()


def test_words_the_wire_may_bring() -> None:
    assert (parsed_kind("LIMIT"), parsed_side("BUY"), parsed_time_in_force("FOK")) == (
        Kind.LIMIT,
        Side.BUY,
        TimeInForce.FOK,
    )
    for parse, code in ((parsed_kind, -1116), (parsed_side, -1117), (parsed_time_in_force, -1115)):
        with pytest.raises(Refusal) as refused:
            parse("limit")
        assert refused.value.code == code


def test_rules_changed_mid_run_bind_the_next_order() -> None:
    stand = Stand()
    kept = stand.buy("0.0003", "69900")
    stand.exchange.relist(listing(min_quantity=parts("0.01")))
    with pytest.raises(Refusal, match="minOrderSize"):
        stand.buy("0.0003", "69900")
    stand.move("69900")
    assert stand.order(kept).filled == parts("0.0003")


@given(st.text(st.sampled_from("aZ0.:/_- é"), max_size=40))
def test_client_ids_follow_the_venues_pattern(client_id: str) -> None:
    stand, legal = Stand(), bool(re.match(r"^[\.A-Z:/a-z0-9_-]{1,36}$", client_id))
    try:
        stand.buy(client_id=client_id)
    except Refusal as refusal:
        assert refusal.code == -1180  # noqa: PT017
        assert not legal
    else:
        assert legal
