"""The network fails in every way reliability.md §2.2 names, while a live account trades on the practice exchange."""

import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.order import ExitReason, Leg, OrderState, PositionSide
from sigma_engine.events import OrderChanged, PositionClosed
from sigma_engine.practice.faults import Echoed, Fault, Late, Lost, Overtaken, Shut, Twice, Unanswered
from sigma_engine.practice.nouns import DuplicateIds
from tests.servers import truth
from tests.servers.trading import BTC, ETH
from tests.servers.under_fire import SECOND, Fire, held_then_raging, often, on_fire

MODES = pytest.mark.parametrize("duplicate_ids", DuplicateIds)


class TestN1NamesAreNotResolved:
    @pytest.mark.parametrize("seed", range(2))
    def test_an_exchange_without_an_address_holds_the_account_back_and_comes_back(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
    ) -> None:
        resolve, down = aiohttp.ThreadedResolver.resolve, [False]

        async def failing(self: Any, host: str, port: int = 0, family: int = socket.AF_INET) -> Any:
            if down[0]:
                raise OSError(None, "Temporary failure in name resolution")
            return await resolve(self, host, port, socket.AF_INET)

        monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", failing)

        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            down[0] = True
            for session in (
                fire.sitting.gateway._line.client.session._kept,
                fire.sitting.gateway._line.client.session._fresh,
            ):
                session.connector.clear_dns_cache()
            fire.sitting.stand.server.cut_connections()
            await fire.enter(ETH, PositionSide.SHORT)
            await fire.rage(2)
            assert AccountState.REDUCING in fire.states
            assert any("cannot be reached" in text for text in fire.alerts)
            down[0] = False
            await fire.heal()

        on_fire(act, tmp_path, seed, host="localhost")


class TestN2Refused:
    @pytest.mark.parametrize("seconds", [1, 20, 300])
    def test_nobody_at_the_door_for_a_while(self, tmp_path: Path, seconds: int) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            await fire.sitting.stand.server.stop()
            await fire.enter(ETH, PositionSide.SHORT)
            await fire.move_stop(BTC)
            await fire.drift(min(seconds, 20) * SECOND)
            await fire.exit(BTC)
            await fire.sitting.wait(max(0, seconds - 20) * SECOND)
            await fire.sitting.stand.server.start()
            if seconds > 5:
                assert AccountState.REDUCING in fire.states
            await fire.heal()
            assert fire.sitting.account.book.position(BTC) is None

        on_fire(act, tmp_path, seconds)


class TestN3Cut:
    @pytest.mark.parametrize("seed", range(3))
    def test_connections_cut_before_the_first_byte(self, tmp_path: Path, seed: int) -> None:
        on_fire(lambda fire: held_then_raging(fire, often(Shut())), tmp_path, seed)


class TestN4AndN5EveryPost:
    @MODES
    @pytest.mark.parametrize("what", [Lost, Unanswered])
    def test_each_kind_of_order_once(
        self, tmp_path: Path, what: type[Lost | Unanswered], duplicate_ids: DuplicateIds
    ) -> None:
        """Entry, then its stop and its target, then a moved stop, then an exit: each meets it, cut or silent."""

        async def act(fire: Fire) -> None:
            cut, silent = what(), what(silent=True)
            fire.wrong(Fault(what=cut, method="POST", path="*v3/order"))
            entry = await fire.enter(BTC)
            assert entry is not None
            await fire.sitting.wait((80 if what is Lost else 10) * SECOND)
            if what is Lost:
                states = [fact.order.state for fact in fire.sitting.events(OrderChanged) if fact.order.leg is Leg.ENTRY]
                assert states == [OrderState.UNKNOWN, OrderState.ABSENT]
            fire.wrong(Fault(what=silent, method="POST", path="*algoOrder", times=2))
            await fire.enter(ETH, PositionSide.SHORT)
            await fire.drift(10 * SECOND)
            for symbol, mishap in ((BTC, silent), (ETH, cut)):
                fire.wrong(Fault(what=mishap, method="POST", path="*algoOrder"))
                await fire.move_stop(symbol)
                await fire.drift(10 * SECOND)
            fire.wrong(Fault(what=silent, method="POST", path="*v3/order"))
            held = [position.symbol for position in fire.sitting.account.book.positions()]
            for symbol in held:
                await fire.exit(symbol)
            await fire.heal()
            assert fire.sitting.account.book.positions() == ()

        on_fire(act, tmp_path, duplicate_ids=duplicate_ids)


class TestN4Lost:
    @pytest.mark.parametrize("seed", range(3))
    def test_requests_vanish_while_it_trades(self, tmp_path: Path, seed: int) -> None:
        on_fire(lambda fire: held_then_raging(fire, often(Lost(silent=seed == 1), method="POST")), tmp_path, seed)

    @pytest.mark.parametrize("side", PositionSide)
    def test_a_moved_stop_that_never_arrived_is_acted_on_here(self, tmp_path: Path, side: PositionSide) -> None:
        """The old stop still waits further off: whoever trusted it would lose the difference."""

        async def act(fire: Fire) -> None:
            await fire.hold(BTC, side)
            fire.wrong(often(Lost(), 1.0, method="POST", path="*algoOrder"))
            await fire.move_stop(BTC)
            await fire.sitting.wait(500)
            held = fire.sitting.account.book.position(BTC)
            assert held is not None
            assert held.stop is not None
            await fire.trade_at(BTC, float(held.stop) - side.sign * 10)
            await fire.sitting.wait(SECOND)
            assert truth.last_positions(fire.sitting.stand.exchange.history) == {}
            await fire.heal()
            (closed,) = fire.sitting.events(PositionClosed)
            assert closed.trade.reason is ExitReason.TRAILING

        on_fire(act, tmp_path)


class TestN5Unanswered:
    @pytest.mark.parametrize("seed", range(3))
    def test_replies_vanish_while_it_trades(self, tmp_path: Path, seed: int) -> None:
        method = "POST" if seed else "*"
        on_fire(lambda fire: held_then_raging(fire, often(Unanswered(silent=seed == 1), method=method)), tmp_path, seed)


class TestN6Late:
    @pytest.mark.parametrize("seed", range(4))
    def test_requests_and_replies_travel_for_up_to_forty_seconds(self, tmp_path: Path, seed: int) -> None:
        late = [Late(request_ms=12_000), Late(reply_ms=20_000), Late(request_ms=29_000), Late(reply_ms=40_000)][seed]
        on_fire(lambda fire: held_then_raging(fire, often(late, method="POST")), tmp_path, seed)


class TestN7HalfOpen:
    @pytest.mark.parametrize("seed", range(2))
    def test_connections_to_nobody(self, tmp_path: Path, seed: int) -> None:
        on_fire(lambda fire: held_then_raging(fire, often(Shut(silent=True), 0.3)), tmp_path, seed)


class TestN8TwiceAndOutOfOrder:
    @pytest.mark.parametrize("seed", range(2))
    def test_replies_that_come_twice_or_late_answer_nothing_else(self, tmp_path: Path, seed: int) -> None:
        faults = (often(Echoed(), 0.3), often(Overtaken(), 0.2))
        on_fire(lambda fire: held_then_raging(fire, *faults), tmp_path, seed)

    @pytest.mark.parametrize("apart_ms", [0, 50, 4_000])
    def test_orders_delivered_twice_are_executed_once_where_ids_are_unique(self, tmp_path: Path, apart_ms: int) -> None:
        twice = Twice(second=apart_ms == 50, apart_ms=apart_ms)
        on_fire(lambda fire: held_then_raging(fire, often(twice, method="POST")), tmp_path, apart_ms)

    @pytest.mark.parametrize("duplicate_ids", [DuplicateIds.ACCEPT, DuplicateIds.REJECT_WHILE_OPEN])
    def test_an_exchange_that_executes_an_intent_twice_is_caught_at_once(
        self, tmp_path: Path, duplicate_ids: DuplicateIds
    ) -> None:
        async def act(fire: Fire) -> None:
            fire.wrong(Fault(what=Twice(apart_ms=50), method="POST", path="*v3/order"))
            await fire.enter(BTC)
            await fire.sitting.wait(3 * SECOND)
            held = fire.sitting.account.book.position(BTC)
            assert held is not None
            assert str(held.quantity) == "0.02"
            assert any("executed 0.02 of an order of 0.01" in text for text in fire.alerts)
            assert fire.sitting.standings.standing.state is AccountState.REDUCING
            assert fire.sitting.standings.standing.latched
            await fire.heal(latched=True, but=is_the_second_execution)

        on_fire(act, tmp_path, duplicate_ids=duplicate_ids)


def is_the_second_execution(line: str) -> bool:
    return "too much" in line or ("entry" in line and "is filled with 0.02 of 0.01" in line)
