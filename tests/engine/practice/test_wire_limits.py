"""Who asks too much: the weights of the documents, 429 in both forms, and the ban behind them."""

import pytest
from ccxt.base.errors import DDoSProtection, ExchangeError, RateLimitExceeded

from sigma_engine.practice.weights import Form, Limits, Weights
from tests.servers.practice import BTC, KEY, NOW_MS, Practice, on_practice


def test_points_come_back_as_the_window_moves_on() -> None:
    weights = Weights(Limits(points=10, window_ms=10_000))
    assert weights.charge("a", 6, 0) is None
    assert weights.charge("a", 4, 5_000) is None
    assert weights.charge("a", 1, 9_999) is not None
    assert weights.charge("b", 10, 9_999) is None
    assert weights.charge("a", 6, 10_000) is None
    assert weights.charge("a", 1, 14_999) is not None
    assert weights.charge("a", 4, 15_000) is None


def test_a_refusal_says_when_to_come_back() -> None:
    weights = Weights(Limits(points=10, window_ms=10_000))
    weights.charge("a", 10, 0)
    reply = weights.charge("a", 1, 7_500)
    assert reply is not None
    assert (reply.status, reply.headers["Retry-After"]) == (429, "3")


def test_who_goes_on_asking_is_banned_and_every_request_of_the_ban_is_counted() -> None:
    weights = Weights(Limits(points=10, strikes=3, ban_ms=60_000))
    weights.charge("a", 10, 0)
    statuses = [reply.status for at_ms in (1, 2, 3, 4) if (reply := weights.charge("a", 1, at_ms)) is not None]
    assert statuses == [429, 429, 418, 418]
    assert weights.asked_while_banned == 1
    assert weights.charge("a", 1, 60_002) is not None
    assert weights.charge("a", 1, 60_003) is None


@pytest.mark.parametrize(("form", "kind"), [(Form.JSON, ExchangeError), (Form.TEXT, RateLimitExceeded)])
def test_ccxt_takes_the_two_forms_for_different_things(form: Form, kind: type[Exception]) -> None:
    async def act(stand: Practice) -> None:
        # the address has spent 26 on load_markets; an order weighs 2 there and 5 for the key
        for _ in range(10):
            await stand.client.create_order(BTC, "limit", "buy", 0.0001, 50_000)
        with pytest.raises(kind) as raised:
            await stand.client.create_order(BTC, "limit", "buy", 0.0001, 50_000)
        assert raised.type is kind
        assert stand.client.last_response_headers["Retry-After"] == "10"
        assert len(stand.exchange.open_orders()) == 10
        await stand.wait(10_000)
        await stand.client.create_order(BTC, "limit", "buy", 0.0001, 50_000)

    on_practice(act, limits=Limits(points=50, form=form))


def test_a_ban_is_a_418_with_its_time() -> None:
    async def act(stand: Practice) -> None:
        assert stand.server.weights is not None
        stand.server.weights.ban(KEY.key, NOW_MS + 120_000)
        with pytest.raises(DDoSProtection):
            await stand.client.fetch_balance()
        assert stand.client.last_response_headers["Retry-After"] == "120"
        assert await stand.client.fetch_time() == NOW_MS
        await stand.wait(120_000)
        assert await stand.client.fetch_balance()

    on_practice(act, limits=Limits())


def test_without_limits_nobody_is_refused() -> None:
    async def act(stand: Practice) -> None:
        for _ in range(60):
            await stand.client.fetch_positions()

    on_practice(act)
