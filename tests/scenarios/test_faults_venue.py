"""The exchange itself does everything reliability.md §2.2 names, while a live account trades on it."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.order import ExitReason, Leg, PositionSide
from sigma_engine.domain.venue import BillKind
from sigma_engine.events import BillBooked, OrderFilled, OrderRejected, OrderSubmitted, PositionClosed
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.faults import MAINTENANCE, ZOO, Fault, Instead, Late, Lost, Muted, banished, refused, slowed
from sigma_engine.practice.nouns import UNIT, FundingFault, Hold, Kind, Side, Ticket
from sigma_engine.practice.weights import Form
from tests.servers import truth
from tests.servers.practice import parts
from tests.servers.trading import BTC, ETH
from tests.servers.under_fire import MINUTE, PRICES, SECOND, Fire, held_then_raging, often, on_fire

BEFORE_FUNDING_MS = 1_767_628_740_000  # 2026-01-05 15:59:00 UTC, a minute before the stamp


def share(rate: str) -> int:
    return parts(rate)


def market(symbol: str) -> str:
    return symbol.replace("/USDT:USDT", "USDT")


def by_hand(exchange: Exchange, symbol: str, side: Side, hold: Hold, quantity: str, **more: Any) -> None:
    ticket = Ticket(
        symbol=market(symbol),
        side=side,
        hold=hold,
        kind=more.pop("kind", Kind.MARKET),
        quantity=parts(quantity),
        client_id="",
        **more,
    )
    exchange.manual(ticket)


class TestV1Partial:
    @pytest.mark.parametrize(
        "shares",
        [("0.4", "0.3", "0.3"), ("0.4",), ("0.1", "0.1", "0.1"), ("0.9", "0.1")],
        ids=lambda each: "+".join(each),
    )
    def test_orders_executed_in_parts_or_only_in_part(self, tmp_path: Path, shares: tuple[str, ...]) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            fire.sitting.stand.exchange.knobs.partial = tuple(share(each) for each in shares)
            await fire.rage()
            assert any(order.filled < order.quantity for order in orders_filled(fire))
            await fire.heal()

        on_fire(act, tmp_path, len(shares))


def orders_filled(fire: Fire) -> list[Any]:
    return [fact.order for fact in fire.sitting.events(OrderFilled)]


class TestV2FillDuringCancel:
    @pytest.mark.parametrize("filled", ["0.3", "1"])
    def test_an_entry_is_executed_while_it_is_cancelled(self, tmp_path: Path, filled: str) -> None:
        async def act(fire: Fire) -> None:
            for symbol in (BTC, ETH):  # terms wait for their turn behind readings: a session agrees on them first
                await fire.hold(symbol)
                await fire.exit(symbol)
                await fire.sitting.wait(2 * SECOND)
            knobs = fire.sitting.stand.exchange.knobs
            knobs.partial, knobs.fill_on_cancel, knobs.cancel_ms = (share("0.2"), share("0.8")), share(filled), 2_000
            for symbol, side in ((BTC, PositionSide.LONG), (ETH, PositionSide.SHORT)):
                await fire.enter(symbol, side)
            await fire.sitting.wait(20 * SECOND)
            now_ms = fire.sitting.stand.clock.now_ms()
            await fire.sitting.act(fire.sitting.account.venue.cancel_entries(now_ms, "paused"))
            await fire.sitting.wait(5 * SECOND)
            assert len(fire.sitting.account.book.positions()) == 2
            await fire.heal()

        on_fire(act, tmp_path)

    @pytest.mark.parametrize("trouble", ["late lists", "lost cancellation"])
    def test_an_entry_nobody_wants_any_more_is_cancelled_until_it_is_gone(self, tmp_path: Path, trouble: str) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            await fire.exit(BTC)
            await fire.sitting.wait(5 * SECOND)
            knobs, clock = fire.sitting.stand.exchange.knobs, fire.sitting.stand.clock
            knobs.partial = (share("0.2"), share("0.8"))
            if trouble == "late lists":
                knobs.lag_ms = {"orders": 5_000}
            await fire.enter(BTC)
            await fire.sitting.wait(300 if trouble == "late lists" else 5 * SECOND)
            if trouble == "lost cancellation":
                fire.wrong(Fault(what=Lost(), method="DELETE"))
            await fire.sitting.act(fire.sitting.account.venue.cancel_entries(clock.now_ms(), "the switch was pressed"))
            await fire.sitting.wait(45 * SECOND)
            assert not fire.sitting.account.venue.pending(BTC, Leg.ENTRY)
            await fire.heal()

        on_fire(act, tmp_path)

    def test_the_old_stop_acts_while_it_is_cancelled_for_a_new_one(self, tmp_path: Path) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            await fire.hold(ETH, PositionSide.SHORT)
            fire.sitting.stand.exchange.knobs.cancel_ms = 8_000
            await fire.move_stop(BTC)
            await fire.move_stop(ETH)
            await fire.sitting.wait(SECOND)
            await fire.trade_at(BTC, 58_000.0)
            await fire.trade_at(ETH, 3_100.0)
            await fire.rage(2)
            await fire.heal()

        on_fire(act, tmp_path)


class TestV3FillBeforeTheAnswer:
    @pytest.mark.parametrize("reply_ms", [2_000, 4_900])
    def test_a_position_is_protected_before_its_entry_is_acknowledged(self, tmp_path: Path, reply_ms: int) -> None:
        async def act(fire: Fire) -> None:
            fire.sitting.stand.exchange.knobs.drop_attached = True
            await held_then_raging(fire, often(Late(reply_ms=reply_ms), 1.0, method="POST", path="*rder"))

        on_fire(act, tmp_path, reply_ms)


class TestV4OtherRules:
    @pytest.mark.parametrize(
        "rules",
        [{"price_decimals": 0}, {"quantity_decimals": 1, "min_quantity": parts("0.1")}, {"min_quantity": parts(1)}],
        ids=["ticks", "steps", "smallest"],
    )
    def test_rules_that_change_under_a_position_are_told_and_not_fought(
        self, tmp_path: Path, rules: dict[str, int]
    ) -> None:
        async def act(fire: Fire) -> None:
            exchange = fire.sitting.stand.exchange
            await fire.hold(BTC)
            before = {name: exchange.listing(market(name)) for name in (BTC, ETH)}
            for listing in before.values():
                exchange.relist(replace(listing, **rules))
            begun_ms = fire.sitting.stand.clock.now_ms()
            await fire.trade_at(BTC, 60_100.3)
            await fire.enter(ETH, PositionSide.SHORT)
            await fire.move_stop(BTC)
            if "price_decimals" not in rules:
                await fire.exit(BTC)
            await fire.drift(60 * SECOND)
            assert any("refused" in text for text in fire.alerts)
            assert len(fire.alerts) <= 6
            sent = [fact for fact in fire.sitting.events(OrderSubmitted) if fact.at_ms > begun_ms]
            assert len(sent) <= 20
            for listing in before.values():
                exchange.relist(listing)
            await fire.heal()

        on_fire(act, tmp_path)


class TestV5AttachedStopDropped:
    @pytest.mark.parametrize("seed", range(3))
    def test_the_stop_that_travelled_along_never_appears(self, tmp_path: Path, seed: int) -> None:
        async def act(fire: Fire) -> None:
            fire.sitting.stand.exchange.knobs.drop_attached = True
            late = Late(request_ms=(0, 1_500, 2_900)[seed])
            await held_then_raging(fire, often(late, 0.5, method="POST"), often(Late(reply_ms=800), 0.3, method="GET"))

        on_fire(act, tmp_path, seed)


class TestV6StopRefused:
    @pytest.mark.parametrize("side", PositionSide)
    def test_a_position_that_can_have_no_stop_is_closed_in_time(self, tmp_path: Path, side: PositionSide) -> None:
        async def act(fire: Fire) -> None:
            knobs = fire.sitting.stand.exchange.knobs
            knobs.refuse_stops = knobs.drop_attached = True
            await fire.enter(BTC, side)
            await fire.drift(12 * SECOND)
            assert fire.sitting.account.book.positions() == ()
            (closed,) = fire.sitting.events(PositionClosed)
            assert closed.trade.reason is ExitReason.KILL
            assert any("no stop at the exchange" in text for text in fire.alerts)
            await fire.rage(1)
            await fire.heal()

        on_fire(act, tmp_path)

    @pytest.mark.parametrize("side", PositionSide)
    def test_a_price_that_ran_past_the_stop_closes_at_once(self, tmp_path: Path, side: PositionSide) -> None:
        async def act(fire: Fire) -> None:
            fire.sitting.stand.exchange.knobs.drop_attached = True
            fire.wrong(Fault(what=Late(request_ms=1_000), method="POST", path="*algoOrder", times=2))
            await fire.enter(BTC, side)
            await fire.sitting.wait(500)
            await fire.trade_at(BTC, PRICES[BTC] * (1 - side.sign * 0.02))
            await fire.sitting.wait(5 * SECOND)
            (closed,) = fire.sitting.events(PositionClosed)
            assert closed.trade.reason is ExitReason.STOP
            await fire.heal()

        on_fire(act, tmp_path)

    def test_an_exchange_that_takes_neither_stop_nor_exit_halts_the_account(self, tmp_path: Path) -> None:
        async def act(fire: Fire) -> None:
            knobs = fire.sitting.stand.exchange.knobs
            knobs.refuse_stops = knobs.drop_attached = True
            await fire.enter(BTC)
            await fire.sitting.wait(SECOND)
            fire.wrong(often(refused(-1054, "System error, please retry later."), 1.0, method="POST", path="*v3/order"))
            begun_ms = fire.sitting.stand.clock.now_ms()
            await fire.drift(60 * SECOND)
            assert fire.sitting.standings.standing.state is AccountState.HALTED
            assert any("no stop at the exchange" in text for text in fire.alerts)
            assert fire.asked_since(begun_ms) <= 400
            await fire.heal(latched=True, but=lambda line: "was bare" in line)
            assert fire.sitting.account.book.positions() == ()

        on_fire(act, tmp_path)


class TestV7StopActsLate:
    @pytest.mark.parametrize("hold_ms", [1_500, 7_000])
    @pytest.mark.parametrize("side", PositionSide)
    def test_a_triggered_stop_is_executed_late_and_worse(
        self, tmp_path: Path, side: PositionSide, hold_ms: int
    ) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC, side)
            knobs = fire.sitting.stand.exchange.knobs
            knobs.hold_ms, knobs.slip = hold_ms, share("0.004")
            await fire.trade_at(BTC, PRICES[BTC] * (1 - side.sign * 0.012))
            await fire.drift(20 * SECOND)
            (closed,) = fire.sitting.events(PositionClosed)
            assert closed.trade.reason is ExitReason.STOP
            await fire.rage(1)
            await fire.heal()

        on_fire(act, tmp_path, hold_ms)


class TestV8LeverageIgnored:
    def test_nothing_is_opened_at_a_leverage_nobody_asked_for(self, tmp_path: Path) -> None:
        async def act(fire: Fire) -> None:
            fire.sitting.stand.exchange.knobs.ignore_leverage = True
            await fire.enter(BTC)
            await fire.enter(ETH, PositionSide.SHORT)
            await fire.drift(20 * SECOND)
            assert truth.openings(fire.sitting.stand.exchange.history) == []
            assert len([fact for fact in fire.sitting.events(OrderRejected) if fact.order.leg is Leg.ENTRY]) == 2
            assert any("not at isolated 5x as asked" in text for text in fire.alerts)
            await fire.heal()
            await fire.hold(BTC)
            assert fire.sitting.stand.exchange.leverage("BTCUSDT") == 5
            assert fire.wrongs() == []

        on_fire(act, tmp_path)


class TestV9TooManyRequests:
    @pytest.mark.parametrize("form", Form)
    def test_the_exchange_asks_for_silence_and_gets_it(self, tmp_path: Path, form: Form) -> None:
        async def act(fire: Fire) -> None:
            await held_then_raging(fire, often(slowed(form, 8_000), 0.05))
            assert AccountState.REDUCING in fire.states

        on_fire(act, tmp_path, 1)


class TestV10Ban:
    def test_nothing_at_all_is_asked_during_a_ban(self, tmp_path: Path) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            fire.wrong(Fault(what=banished(60_000), path="/capi/*"))
            await fire.sitting.wait(6 * SECOND)
            assert fire.met == {"V10"}
            (banned,) = fire.sitting.stand.server.faults.met
            await fire.enter(ETH)
            await fire.move_stop(BTC)
            await fire.exit(BTC)
            await fire.drift(banned.at_ms + 59_000 - fire.sitting.stand.clock.now_ms())
            assert fire.asked_since(banned.at_ms + 1) == 0
            assert fire.sitting.standings.standing.state is AccountState.REDUCING
            await fire.heal()
            assert fire.sitting.account.book.positions() == ()

        on_fire(act, tmp_path)


class TestV11ForcedClose:
    @pytest.mark.parametrize("part", ["0.3", "1"])
    @pytest.mark.parametrize("side", PositionSide)
    def test_a_liquidation_is_booked_told_and_halts_the_account(
        self, tmp_path: Path, side: PositionSide, part: str
    ) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC, side)
            await fire.hold(ETH, side)
            fire.sitting.stand.exchange.liquidate("BTCUSDT", share(part))
            await fire.drift(20 * SECOND)
            assert fire.sitting.standings.standing.state is AccountState.HALTED
            assert fire.sitting.standings.standing.latched
            assert any("liquidated" in text for text in fire.alerts)
            await fire.exit(ETH)
            await fire.heal(latched=True)

        on_fire(act, tmp_path)

    @pytest.mark.parametrize("part", ["0.5", "1"])
    def test_deleveraging_is_booked_and_told(self, tmp_path: Path, part: str) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            await fire.trade_at(BTC, 60_300.0)
            fire.sitting.stand.exchange.liquidate("BTCUSDT", share(part), deleveraging=True)
            await fire.drift(20 * SECOND)
            assert any("closed on the exchange" in text for text in fire.alerts)
            await fire.heal()

        on_fire(act, tmp_path)

    @pytest.mark.parametrize("side", PositionSide)
    def test_a_gap_through_the_stop_to_the_liquidation(self, tmp_path: Path, side: PositionSide) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC, side)
            await fire.trade_at(BTC, PRICES[BTC] * (1 - side.sign * 0.25))
            await fire.sitting.wait(20 * SECOND)
            assert fire.sitting.account.book.positions() == ()
            await fire.heal(latched=True)
            assert fire.sitting.standings.standing.state is AccountState.HALTED

        on_fire(act, tmp_path)


class TestV12Funding:
    @pytest.mark.parametrize(
        "faults", [[None, FundingFault.MISSED], [FundingFault.TWICE, FundingFault.CAPPED]], ids=["missed", "twice"]
    )
    def test_what_the_statement_says_is_booked_and_nothing_else(
        self, tmp_path: Path, faults: list[FundingFault | None]
    ) -> None:
        async def act(fire: Fire) -> None:
            exchange = fire.sitting.stand.exchange
            for symbol in (BTC, ETH):
                exchange.set_funding_rate(market(symbol), share("0.0007"))
            exchange.knobs.funding_faults = list(faults)
            await fire.hold(BTC)
            await fire.hold(ETH, PositionSide.SHORT)
            await fire.drift(MINUTE)
            booked = [fact.bill for fact in fire.sitting.events(BillBooked) if fact.bill.kind is BillKind.FUNDING]
            paid = truth.money(exchange.history)["position_funding"]
            assert sum(int(bill.amount * UNIT) for bill in booked) == paid != 0
            await fire.rage(1)
            await fire.heal()

        on_fire(act, tmp_path, start_ms=BEFORE_FUNDING_MS)


class TestV13Maintenance:
    def test_an_exchange_under_maintenance_is_probed_gently_and_nothing_is_opened(self, tmp_path: Path) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            fire.wrong(often(MAINTENANCE, 1.0))
            await fire.drift(10 * SECOND)
            assert fire.sitting.standings.standing.state is AccountState.REDUCING
            assert await fire.enter(ETH) is None
            begun_ms = fire.sitting.stand.clock.now_ms()
            await fire.sitting.wait(MINUTE)
            assert fire.asked_since(begun_ms) <= 15
            await fire.heal()

        on_fire(act, tmp_path)

    @pytest.mark.parametrize("seed", range(2))
    def test_an_exchange_that_comes_and_goes(self, tmp_path: Path, seed: int) -> None:
        on_fire(lambda fire: held_then_raging(fire, often(MAINTENANCE, 0.3)), tmp_path, seed)


class TestV14StaleReadings:
    @pytest.mark.parametrize("lists", [("orders",), ("fills",), ("positions",), ("orders", "fills", "positions")])
    @pytest.mark.parametrize("lag_ms", [5_000])
    def test_lists_that_lag_behind_mislead_nobody(self, tmp_path: Path, lists: tuple[str, ...], lag_ms: int) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            fire.sitting.stand.exchange.knobs.lag_ms = dict.fromkeys(lists, lag_ms)
            await fire.rage()
            closed = [fact.trade.reason for fact in fire.sitting.events(PositionClosed)]
            assert ExitReason.KILL not in closed
            assert closed
            await fire.heal()

        on_fire(act, tmp_path, len(lists))


class TestV15Zoo:
    @pytest.mark.parametrize("lie", ZOO, ids=["502", "empty", "-1000", "-1054", "-9999", "unsuccessful"])
    def test_bodies_that_lie_are_not_believed(self, tmp_path: Path, lie: Instead) -> None:
        on_fire(lambda fire: held_then_raging(fire, often(lie, 0.3)), tmp_path, ZOO.index(lie))

    def test_refusals_without_a_code_are_not_taken_for_orders(self, tmp_path: Path) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            fire.wrong(often(Muted(), 1.0, method="POST"))
            fire.sitting.stand.exchange.knobs.refuse_stops = True
            await fire.rage()
            await fire.heal()

        on_fire(act, tmp_path)


class TestV16ByHand:
    @pytest.mark.parametrize("side", PositionSide)
    def test_a_position_closed_or_reduced_there_is_booked_here(self, tmp_path: Path, side: PositionSide) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC, side)
            await fire.hold(ETH, side)
            exchange, hold = fire.sitting.stand.exchange, Hold(side.upper())
            closing = Side.SELL if side is PositionSide.LONG else Side.BUY
            by_hand(exchange, BTC, closing, hold, "0.004")
            by_hand(exchange, ETH, closing, hold, "0.2")
            await fire.drift(20 * SECOND)
            (left,) = fire.sitting.account.book.positions()
            assert (left.symbol, str(left.quantity)) == (BTC, "0.006")
            assert any("closed on the exchange" in text for text in fire.alerts)
            await fire.heal()
            await fire.rage(1)
            await fire.heal()

        on_fire(act, tmp_path)

    @pytest.mark.parametrize("side", PositionSide)
    def test_what_a_person_opens_there_is_left_alone_and_blocks_its_market(
        self, tmp_path: Path, side: PositionSide
    ) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC, side)
            exchange, hold = fire.sitting.stand.exchange, Hold(side.upper())
            opening = Side.BUY if side is PositionSide.LONG else Side.SELL
            closing = Side.SELL if side is PositionSide.LONG else Side.BUY
            by_hand(exchange, BTC, opening, hold, "0.03")
            by_hand(exchange, ETH, opening, hold, "0.5")
            await fire.drift(20 * SECOND)
            assert fire.sitting.account.venue.doubt(BTC) is not None
            assert await fire.enter(ETH) is None
            assert fire.sitting.account.book.position(BTC).quantity == Decimal("0.01")  # type: ignore[union-attr]
            await fire.exit(BTC)
            await fire.sitting.wait(20 * SECOND)
            assert truth.last_positions(exchange.history)[("BTCUSDT", hold)] == parts("0.03")
            by_hand(exchange, BTC, closing, hold, "0.03")
            by_hand(exchange, ETH, closing, hold, "0.5")
            await fire.sitting.wait(40 * SECOND)
            assert fire.sitting.account.venue.doubt(BTC) is None
            await fire.heal(but=lambda line: "was bare" in line)  # theirs had no stop
            await fire.rage(1)
            await fire.heal(but=lambda line: "was bare" in line)

        on_fire(act, tmp_path)

    def test_a_stop_cancelled_there_is_placed_again(self, tmp_path: Path) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            await fire.hold(ETH, PositionSide.SHORT)
            await fire.sitting.wait(3 * SECOND)
            fire.sitting.stand.exchange.cancel_all(waiting=True)
            await fire.sitting.wait(7 * SECOND)
            assert len(fire.sitting.stand.exchange.open_orders(waiting=True)) == 4
            await fire.heal(but=lambda line: "was bare" in line)

        on_fire(act, tmp_path)

    @pytest.mark.parametrize("side", PositionSide)
    def test_a_leverage_raised_there_so_that_the_stop_comes_too_late_closes(
        self, tmp_path: Path, side: PositionSide
    ) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC, side)
            fire.sitting.stand.exchange.set_leverage("BTCUSDT", 125)
            await fire.sitting.wait(25 * SECOND)  # without streams positions are read every 15 s
            assert any("125x" in text for text in fire.alerts)
            assert fire.sitting.account.book.positions() == ()
            await fire.heal()
            await fire.hold(BTC, side)
            assert fire.sitting.stand.exchange.leverage("BTCUSDT") == 5

        on_fire(act, tmp_path)

    def test_a_leverage_changed_there_before_an_entry_is_set_right(self, tmp_path: Path) -> None:
        async def act(fire: Fire) -> None:
            await fire.hold(BTC)
            await fire.exit(BTC)
            await fire.sitting.wait(20 * SECOND)
            fire.sitting.stand.exchange.set_leverage("BTCUSDT", 50)
            await fire.sitting.wait(61 * SECOND)
            await fire.hold(BTC)
            assert fire.sitting.stand.exchange.leverage("BTCUSDT") == 5
            await fire.heal()

        on_fire(act, tmp_path)


class TestReadsDoNotSpin:
    def test_quiet_with_nothing_held_and_with_a_position(self, tmp_path: Path) -> None:
        async def act(fire: Fire) -> None:
            await fire.sitting.wait(20 * SECOND)
            begun_ms = fire.sitting.stand.clock.now_ms()
            await fire.sitting.wait(2 * MINUTE)
            assert fire.asked_since(begun_ms) <= 2 * 30
            await fire.hold(BTC)
            await fire.sitting.wait(20 * SECOND)
            begun_ms = fire.sitting.stand.clock.now_ms()
            await fire.sitting.wait(2 * MINUTE)
            assert fire.asked_since(begun_ms) <= 2 * 90

        on_fire(act, tmp_path)

    def test_an_order_in_doubt_is_looked_for_within_reason(self, tmp_path: Path) -> None:
        async def act(fire: Fire) -> None:
            fire.wrong(Fault(what=Lost(), method="POST", path="*v3/order"))
            begun_ms = fire.sitting.stand.clock.now_ms()
            await fire.enter(BTC)
            await fire.sitting.wait(MINUTE)
            assert fire.asked_since(begun_ms) <= 240
            await fire.heal()

        on_fire(act, tmp_path)
