"""The order protocol (reliability.md §1): what evidence does to orders, ledger, protection and standing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.order import ExitReason, Leg, Order, OrderState, PositionSide
from sigma_engine.domain.venue import BillKind, VenueBill, VenueOrderKind, VenueOrderState
from sigma_engine.events import (
    AlertRaised,
    BillBooked,
    OrderCancelled,
    OrderChanged,
    OrderFilled,
    OrderRejected,
    PositionClosed,
    PositionOpened,
    StandingChanged,
)
from sigma_engine.execution.gateway import NotSent, Refused, Unknown
from sigma_engine.execution.live.desk import Past
from sigma_engine.execution.live.differences import LAG_MS
from sigma_engine.execution.live.intents import FENCE_MS
from tests.engine.execution.live.accounts import MINUTE, START, A, Account, B, is_active, of_kind, position, sent

LOST = Unknown(reason="no answer within 5000 ms")


@pytest.fixture
def account() -> Account:
    account = Account()
    account.read()
    return account


def held(account: Account, price: str = "100.2", side: PositionSide = PositionSide.LONG) -> Order:
    """A protected position: its entry filled, its stop and target waiting at the exchange, nothing else."""
    order = account.enter(side=side)
    account.answer(order)
    account.take(order, VenueOrderState.FILLED, "1")
    account.execute(order, price)
    for protective in sent(account.read(100)):
        account.answer(protective)
        account.take(protective)
    account.read(100)
    return order


def state_of(account: Account, order: Order) -> OrderState:
    known = account.desk.intents.get(order.client_id)
    assert known is not None
    return known.state


class TestAnswers:
    def test_nothing_is_opened_before_the_exchange_was_compared_with_the_journal(self) -> None:
        account = Account()
        account.desk.begin(START)
        assert account.standings.standing.state is AccountState.RECONCILING
        account.read(whole=False)
        assert account.standings.standing.state is AccountState.RECONCILING
        account.read()
        assert is_active(account)

    def test_an_acknowledged_order_works_until_the_exchange_says_what_became_of_it(self, account: Account) -> None:
        order = account.enter()
        facts = account.answer(order)
        assert [fact.order.state for fact in of_kind(facts, OrderChanged)] == [OrderState.WORKING]

    def test_a_refusal_ends_an_order_and_says_why(self, account: Account) -> None:
        order = account.enter()
        facts = account.desk.learn(order, Refused(reason="the margin does not suffice"), START)
        assert [fact.order.refusal for fact in of_kind(facts, OrderRejected)] == ["the margin does not suffice"]
        assert "the margin does not suffice" in of_kind(facts, AlertRaised)[0].text

    def test_an_order_that_never_left_is_no_doubt(self, account: Account) -> None:
        order = account.enter()
        account.desk.learn(order, NotSent(reason="WEEX cannot be reached"), START)
        assert state_of(account, order) is OrderState.REJECTED
        assert account.desk.doubt(A) is None

    def test_an_answer_that_comes_after_better_evidence_adds_nothing(self, account: Account) -> None:
        order = account.enter()
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100")
        account.read(100)
        assert account.desk.learn(order, LOST, account.now_ms) == []
        assert state_of(account, order) is OrderState.FILLED


class TestUnknown:
    def test_without_an_answer_it_counts_as_open_and_blocks_its_market_alone(self, account: Account) -> None:
        order = account.enter()
        account.desk.learn(order, LOST, START)
        account.read(1_000)
        assert state_of(account, order) is OrderState.UNKNOWN
        assert account.desk.doubt(A) is not None
        assert account.desk.doubt(B) is None
        assert account.desk.intents.open(A, Leg.ENTRY)

    def test_it_is_absent_only_when_it_cannot_arrive_any_more_and_two_whole_readings_agree(
        self, account: Account
    ) -> None:
        order = account.enter()
        account.desk.learn(order, LOST, START)
        account.read(FENCE_MS - 1)
        assert state_of(account, order) is OrderState.UNKNOWN
        account.read(1)
        account.read(4_999)
        assert state_of(account, order) is OrderState.UNKNOWN
        account.read(1)
        assert state_of(account, order) is OrderState.ABSENT
        assert account.desk.doubt(A) is None

    def test_quick_readings_prove_nothing(self, account: Account) -> None:
        order = account.enter()
        account.desk.learn(order, LOST, START)
        for _ in range(10):
            account.read(FENCE_MS, whole=False)
        assert state_of(account, order) is OrderState.UNKNOWN

    def test_what_was_executed_is_found_by_its_client_id_and_never_sent_again(self, account: Account) -> None:
        order = account.enter()
        account.desk.learn(order, LOST, START)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.1")
        facts = account.read(1_000)
        assert of_kind(facts, PositionOpened)
        assert state_of(account, order) is OrderState.FILLED
        assert sent(facts, Leg.ENTRY) == []

    def test_an_absent_order_that_appears_after_all_is_adopted_and_protected(self, account: Account) -> None:
        order = account.enter()
        account.desk.learn(order, LOST, START)
        account.read(FENCE_MS)
        account.read(5_000)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.1")
        facts = account.read(1_000)
        assert of_kind(facts, PositionOpened)
        assert [stop.trigger for stop in sent(facts, Leg.STOP)] == [Decimal("95.1")]

    def test_after_a_restart_an_order_without_an_answer_is_in_doubt(self) -> None:
        before = Account()
        order = before.enter()
        account = Account(Past(orders=(order,)))
        facts = account.desk.begin(START + 1_000)
        assert [fact.order.state for fact in of_kind(facts, OrderChanged)] == [OrderState.UNKNOWN]
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.1")
        assert of_kind(account.read(1_000), PositionOpened)

    def test_an_exit_without_an_answer_is_tried_again_because_it_can_only_close(self, account: Account) -> None:
        held(account)
        (position_,) = account.book.positions()
        (first,) = sent(account.desk.exits.close(position_, ExitReason.MANUAL, account.now_ms))
        assert account.desk.exits.close(position_, ExitReason.MANUAL, account.now_ms) == []
        account.desk.learn(first, LOST, account.now_ms)
        account.read(1_000)
        assert account.desk.exits.close(position_, ExitReason.MANUAL, account.now_ms) == []
        account.read(1_000)
        (second,) = sent(account.desk.exits.close(position_, ExitReason.MANUAL, account.now_ms))
        assert second.client_id != first.client_id
        assert second.attempt == 2

    @pytest.mark.parametrize("answer", [LOST, NotSent(reason="WEEX cannot be reached")], ids=["lost", "not sent"])
    def test_an_exit_once_decided_is_carried_through(self, account: Account, answer: Unknown | NotSent) -> None:
        held(account)
        (position_,) = account.book.positions()
        (first,) = sent(account.desk.exits.close(position_, ExitReason.KILL, account.now_ms))
        account.desk.learn(first, answer, account.now_ms)
        assert sent(account.read(5_000)) == []
        (second,) = sent(account.read(1_500))
        assert (second.leg, second.exit_reason, second.attempt) == (Leg.EXIT, ExitReason.KILL, 2)
        account.desk.learn(second, answer, account.now_ms)
        assert len(sent(account.read(7_000), Leg.EXIT)) == 1

    def test_an_acknowledged_exit_whose_execution_lags_is_not_sent_again(self, account: Account) -> None:
        held(account)
        (position_,) = account.book.positions()
        (first,) = sent(account.desk.exits.close(position_, ExitReason.MANUAL, account.now_ms))
        account.answer(first)
        assert sent(account.read(5_900)) == []

    def test_what_a_person_closed_in_part_on_the_exchange_is_no_exit_of_ours(self, account: Account) -> None:
        held(account)
        (stop,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.STOP]
        account.execute(stop, "103", "0.4", order_id="by-hand", realised="1.1")
        facts = [*account.read(1_000), *account.read(5_000), *account.read(20_000)]
        assert sent(facts, Leg.EXIT) == []
        assert account.book.positions()[0].quantity == Decimal("0.6")


class TestExecutions:
    def test_an_order_executed_twice_is_told_and_holds_the_account_back(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100")
        again = account.take(order, VenueOrderState.FILLED, "1")
        account.orders["second"] = replace(again, venue_id="second")
        account.execute(order, "100", order_id="second")
        facts = account.read(100)
        assert "executed 2 of an order of 1 AAA" in of_kind(facts, AlertRaised)[0].text
        assert account.standings.standing.state is AccountState.REDUCING
        assert account.standings.standing.latched
        assert [stop.quantity for stop in sent(facts, Leg.STOP)] == [Decimal(2)]

    def test_of_two_orders_under_one_client_id_the_one_that_waits_counts(self, account: Account) -> None:
        held(account)
        (stop,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.STOP]
        account.orders["second"] = replace(stop, venue_id="second", state=VenueOrderState.DEAD)
        assert of_kind(account.read(1_000), OrderCancelled) == []

    def test_an_execution_is_booked_once_however_often_it_is_listed(self, account: Account) -> None:
        order = held(account)
        account.fills += account.fills
        assert of_kind(account.read(1_000), OrderFilled) == []
        assert account.book.positions()[0].quantity == order.quantity

    def test_executions_booked_before_a_restart_are_not_booked_again(self, account: Account) -> None:
        held(account)
        again = Account(Past(trade_ids=frozenset(fill.trade_id for fill in account.fills)))
        again.fills = account.fills
        assert of_kind(again.read(1_000), OrderFilled) == []

    def test_parts_add_up_and_the_stop_follows_the_quantity(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, filled="0.4")
        account.execute(order, "100", "0.4")
        (first,) = sent(account.read(100), Leg.STOP)
        account.take(first)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "101", "0.6")
        facts = account.read(100)
        (second,) = sent(facts, Leg.STOP)
        assert (first.quantity, second.quantity) == (Decimal("0.4"), Decimal(1))
        assert second.trigger == Decimal("95.6")
        assert account.book.positions()[0].entry_price == Decimal("100.6")

    def test_an_order_ends_only_when_all_its_executions_are_in_the_ledger(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.read(100)
        assert state_of(account, order) is OrderState.WORKING
        account.execute(order, "100")
        account.read(100)
        assert state_of(account, order) is OrderState.FILLED

    def test_a_cancelled_order_keeps_what_was_executed_of_it(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.DEAD, "0.4")
        account.execute(order, "100", "0.4")
        facts = account.read(100)
        assert [fact.order.filled for fact in of_kind(facts, OrderCancelled)] == [Decimal("0.4")]
        assert account.book.positions()[0].quantity == Decimal("0.4")

    @pytest.mark.parametrize("side", PositionSide)
    def test_a_stop_that_acted_closes_the_position_under_its_own_name(
        self, account: Account, side: PositionSide
    ) -> None:
        held(account, side=side)
        (stop,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.STOP]
        assert stop.trigger is not None
        account.orders[stop.venue_id] = replace(stop, state=VenueOrderState.FILLED, filled=Decimal(1))
        account.execute(stop, str(stop.trigger - side.sign), realised="-6")
        (closed,) = of_kind(account.read(1_000), PositionClosed)
        assert closed.trade.reason is ExitReason.STOP
        assert account.book.wallet == account.wallet

    def test_a_trigger_that_became_another_order_is_recognised(self, account: Account) -> None:
        held(account)
        (target,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.TARGET]
        account.orders[target.venue_id] = replace(target, state=VenueOrderState.FILLED, executed_as="777")
        account.execute(target, "110.1", order_id="777", realised="9.9")
        (closed,) = of_kind(account.read(1_000), PositionClosed)
        assert closed.trade.reason is ExitReason.TARGET

    def test_a_trigger_that_only_vanished_is_recognised_by_its_price(self, account: Account) -> None:
        held(account)
        (stop,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.STOP]
        del account.orders[stop.venue_id]
        account.execute(stop, "95.0", order_id="778", realised="-5.2")
        (closed,) = of_kind(account.read(1_000), PositionClosed)
        assert closed.trade.reason is ExitReason.STOP

    @pytest.mark.parametrize("kind", [VenueOrderKind.STOP, VenueOrderKind.TARGET])
    @pytest.mark.parametrize("is_listed", [True, False])
    def test_all_executions_of_a_trigger_count_as_its_own_whether_or_not_a_list_names_what_it_became(
        self, account: Account, kind: VenueOrderKind, is_listed: bool
    ) -> None:
        held(account)
        (found,) = [found for found in account.orders.values() if found.kind is kind]
        account.orders[found.venue_id] = replace(found, state=VenueOrderState.FILLED)
        if not is_listed:
            del account.orders[found.venue_id]
        account.execute(found, str(found.trigger), "0.4", order_id="779", realised="-2")
        account.read(100)
        account.execute(found, "99.9" if is_listed else str(found.trigger), "0.6", order_id="779", realised="-3")
        (closed,) = of_kind(account.read(1_000), PositionClosed)
        assert closed.trade.reason is {VenueOrderKind.STOP: ExitReason.STOP}.get(kind, ExitReason.TARGET)
        known = account.desk.intents.get(found.client_id)
        assert known is not None
        assert (known.state, known.filled) == (OrderState.FILLED, 1)

    def test_what_was_executed_before_a_target_was_placed_is_none_of_it(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100")
        stop, target = (account.attach(order, kind) for kind in (VenueOrderKind.STOP, VenueOrderKind.TARGET))
        account.read(100)
        del account.orders[target.venue_id]
        acted = account.execute(stop, "110", order_id="782", realised="9.9")
        account.fills.remove(acted)
        placed = [placed for placed in sent(account.read(3_000)) if placed.leg is Leg.TARGET]
        for late in placed:
            account.answer(late)
        account.fills.append(acted)
        (closed,) = of_kind(account.read(3_000), PositionClosed)
        assert closed.trade.reason is ExitReason.TARGET
        known = [account.desk.intents.get(late.client_id) for late in placed]
        assert placed
        assert all(late is not None and not late.filled for late in known)

    def test_an_execution_that_may_be_an_exit_in_doubt_waits_until_the_list_names_it(self, account: Account) -> None:
        held(account)
        (position,) = account.book.positions()
        (exit_,) = sent(account.desk.exits.close(position, ExitReason.MANUAL, account.now_ms))
        account.desk.learn(exit_, LOST, account.now_ms)
        (stop,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.STOP]
        del account.orders[stop.venue_id]
        account.execute(exit_, "94", realised="-6.2")
        assert of_kind(account.read(100), PositionClosed) == []
        account.take(exit_, VenueOrderState.FILLED, "1")
        (closed,) = of_kind(account.read(3_000), PositionClosed)
        assert closed.trade.reason is ExitReason.MANUAL
        assert state_of(account, exit_) is OrderState.FILLED

    def test_an_attached_target_that_is_listed_as_acted_is_one_also_at_a_worse_price(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100")
        stop, target = (account.attach(order, kind) for kind in (VenueOrderKind.STOP, VenueOrderKind.TARGET))
        account.read(100)
        account.orders[target.venue_id] = replace(target, state=VenueOrderState.FILLED)
        account.execute(stop, "109.9", order_id="780", realised="9.9")
        (closed,) = of_kind(account.read(1_000), PositionClosed)
        assert closed.trade.reason is ExitReason.TARGET

    def test_a_stop_that_acted_on_an_earlier_position_explains_nothing_of_the_next(self, account: Account) -> None:
        held(account)
        (stop,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.STOP]
        account.orders[stop.venue_id] = replace(stop, state=VenueOrderState.FILLED)
        account.execute(stop, "95", order_id="781", realised="-5.2")
        account.read(1_000)
        account.now_ms += MINUTE
        held(account)
        account.execute(stop, "103", order_id="by-hand", realised="2.8")
        assert of_kind(account.read(1_000), PositionClosed) == []
        (closed,) = of_kind(account.read(5_000), PositionClosed)
        assert closed.trade.reason is ExitReason.MANUAL

    def test_a_position_closed_by_hand_on_the_exchange_is_a_manual_exit(self, account: Account) -> None:
        held(account)
        (stop,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.STOP]
        account.execute(stop, "103", order_id="by-hand", realised="2.8")
        assert of_kind(account.read(1_000), PositionClosed) == []
        (closed,) = of_kind(account.read(5_000), PositionClosed)
        assert closed.trade.reason is ExitReason.MANUAL
        assert account.book.wallet == account.wallet


class TestProtection:
    def test_the_stop_is_measured_from_the_fill_and_the_attached_one_goes_once_it_was_seen(
        self, account: Account
    ) -> None:
        order = account.enter()
        account.answer(order)
        attached = account.attach(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2")
        (stop,) = sent(account.read(100), Leg.STOP)
        assert (attached.trigger, stop.trigger) == (Decimal("95.0"), Decimal("95.2"))
        assert account.desk.guard.take_cancels() == []
        account.answer(stop)
        account.take(stop)
        account.read(100)
        assert [found.venue_id for found in account.desk.guard.take_cancels()] == [attached.venue_id]

    def test_a_position_is_protected_since_a_stop_for_all_of_it_was_seen(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2")
        (stop,) = sent(account.read(100), Leg.STOP)
        assert account.book.positions()[0].protected_ms is None
        account.take(stop)
        account.read(200)
        assert account.book.positions()[0].protected_ms == account.now_ms

    def test_a_stop_that_may_be_lost_is_placed_again_before_the_position_is_given_up(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2")
        (lost,) = sent(account.read(100), Leg.STOP)
        account.desk.learn(lost, LOST, account.now_ms)
        assert sent(account.read(1_400), Leg.STOP) == []
        (second,) = sent(account.read(100), Leg.STOP)
        assert (second.trigger, second.attempt) == (lost.trigger, 2)

    def test_a_stop_the_exchange_acknowledged_may_be_seen_later(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2")
        for coming in sent(account.read(100)):
            account.answer(coming)
        assert sent(account.read(5_900)) == []
        assert sent(account.read(100), Leg.EXIT)

    def test_the_time_without_a_stop_begins_with_the_execution_and_not_with_its_reading(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2")
        assert sent(account.read(4_000), Leg.EXIT) == []
        assert sent(account.read(1_500), Leg.EXIT)

    def test_lists_that_lag_show_an_execution_before_its_stop(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2")
        assert sent(account.read(5_000), Leg.EXIT) == []
        account.attach(order)
        assert sent(account.read(300), Leg.EXIT) == []

    def test_a_reading_that_took_long_condemns_nothing_that_grew_meanwhile(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, filled="0.4")
        account.execute(order, "100", "0.4")
        for coming in sent(account.read(100)):
            account.answer(coming)
            account.take(coming)
        account.read(100)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100", "0.6")
        began_ms = account.now_ms
        account.now_ms += 7_000
        truth = account.truth(began_ms)
        facts = account.desk.read(truth, account.now_ms)
        assert [stop.quantity for stop in sent(facts, Leg.STOP)] == [Decimal(1)]
        assert sent([*facts, *account.desk.protect(account.now_ms)], Leg.EXIT) == []

    def test_an_execution_of_the_exchanges_own_is_not_taken_for_an_exit_of_ours(self, account: Account) -> None:
        held(account)
        (stop,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.STOP]
        (position_,) = account.book.positions()
        (ours,) = sent(account.desk.exits.close(position_, ExitReason.STOP, account.now_ms))
        del account.orders[stop.venue_id]
        account.execute(stop, "95.0", "0.4", order_id="778", realised="-2")
        account.read(1_000)
        known = account.desk.intents.get(ours.client_id)
        assert known is not None
        assert known.filled == 0

    def test_a_stop_behind_the_liquidation_the_exchange_names_protects_nothing(self, account: Account) -> None:
        held(account)
        there = account.held[A, PositionSide.LONG]
        account.held[A, PositionSide.LONG] = replace(there, leverage=50, liquidation=Decimal("98.6"))
        facts = account.read(1_000)
        assert "isolated 50x" in of_kind(facts, AlertRaised)[0].text
        assert sent(account.read(5_000), Leg.EXIT)

    def test_what_came_with_an_entry_stays_until_all_of_it_is_executed(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        attached = account.attach(order)
        account.take(order, filled="0.4")
        account.execute(order, "100.2", "0.4")
        for coming in sent(account.read(100)):
            account.answer(coming)
            account.take(coming)
        account.read(100)
        assert account.desk.guard.take_cancels() == []
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2", "0.6")
        for coming in sent(account.read(100)):
            account.answer(coming)
            account.take(coming)
        account.read(100)
        assert attached.venue_id in {found.venue_id for found in account.desk.guard.take_cancels()}

    def test_the_rest_of_an_exit_is_cancelled_before_it_meets_the_next_position(self, account: Account) -> None:
        held(account)
        (position_,) = account.book.positions()
        (first,) = sent(account.desk.exits.close(position_, ExitReason.MANUAL, account.now_ms))
        account.answer(first)
        waiting = account.take(first, filled="0.4")
        account.execute(first, "101", "0.4", realised="0.3")
        (second,) = sent(account.read(7_000), Leg.EXIT)
        account.answer(second)
        account.take(second, VenueOrderState.FILLED, "0.6")
        account.execute(second, "101", "0.6", realised="0.5")
        account.read(100)
        assert account.book.positions() == ()
        assert waiting.venue_id in {found.venue_id for found in account.desk.guard.take_cancels()}

    def test_a_stop_that_is_refused_is_tried_ever_later_and_told_once(self, account: Account) -> None:
        held(account)
        account.book.move_stop(A, Decimal("98.0"), ExitReason.TRAILING)
        tries, told = [], []
        for second in range(120):
            facts = account.read(1_000)
            for stop in sent(facts, Leg.STOP):
                tries.append(second)
                facts += account.desk.learn(stop, Refused(reason="it has other steps"), account.now_ms)
            told += of_kind(facts, AlertRaised)
        assert tries == [0, 1, 3, 7, 15, 31, 61, 91]
        assert len(told) == 1

    def test_a_stop_nobody_saw_in_time_means_that_the_position_is_closed(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2")
        account.read(100)
        account.read(4_000)
        assert sent(account.read(399), Leg.EXIT) == []
        facts = account.read(101)
        (closing,) = sent(facts, Leg.EXIT)
        assert closing.exit_reason is ExitReason.KILL
        assert closing.quantity == 1
        assert "no stop" in of_kind(facts, AlertRaised)[0].text

    def test_a_bare_position_that_cannot_be_closed_halts_the_account(self, account: Account) -> None:
        order = account.enter()
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2")
        account.read(100)
        for _ in range(20):
            for refused in sent(account.read(1_000)):
                account.desk.learn(refused, Refused(reason="the exchange is closed"), account.now_ms)
        assert account.standings.standing.state is AccountState.HALTED
        assert account.standings.standing.latched

    def test_a_reading_that_is_late_is_no_proof_that_an_exit_failed(self, account: Account) -> None:
        order = account.enter()
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2")
        account.read(100)
        account.now_ms += 9_000
        exits = sent(account.desk.let_pass(account.now_ms), Leg.EXIT)
        for closing in exits:
            account.answer(closing)
        for _ in range(5):
            account.now_ms += 3_000
            for closing in sent(account.desk.let_pass(account.now_ms), Leg.EXIT):
                account.answer(closing)
        assert exits
        assert account.standings.standing.state is not AccountState.HALTED

    def test_a_stop_that_came_too_late_closes_at_once_under_the_stops_name(self, account: Account) -> None:
        order = account.enter()
        account.answer(order)
        account.take(order, VenueOrderState.FILLED, "1")
        account.execute(order, "100.2")
        (stop,) = sent(account.read(100), Leg.STOP)
        facts = account.desk.learn(stop, Refused(reason="it would trigger at once", would_trigger=True), account.now_ms)
        (closing,) = sent(facts, Leg.EXIT)
        assert closing.exit_reason is ExitReason.STOP

    def test_a_stop_is_moved_by_placing_the_new_one_first(self, account: Account) -> None:
        held(account)
        (old,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.STOP]
        account.book.move_stop(A, Decimal("98.0"), ExitReason.TRAILING)
        (new,) = sent(account.desk.protect(account.now_ms), Leg.STOP)
        assert new.trigger == Decimal("98.0")
        account.read(200)
        assert account.desk.guard.take_cancels() == []
        account.take(new)
        account.read(200)
        assert [found.venue_id for found in account.desk.guard.take_cancels()] == [old.venue_id]

    def test_what_protected_a_position_that_is_gone_is_swept_and_nothing_else(self, account: Account) -> None:
        held(account)
        stop, target = (
            next(found for found in account.orders.values() if found.kind is kind)
            for kind in (VenueOrderKind.STOP, VenueOrderKind.TARGET)
        )
        theirs = replace(target, venue_id="somebody-elses", client_id="web-1", trigger=Decimal(120))
        account.orders["somebody-elses"] = theirs
        account.orders[stop.venue_id] = replace(stop, state=VenueOrderState.FILLED, filled=Decimal(1))
        account.execute(stop, "95.2", realised="-5")
        account.read(1_000)
        assert [found.venue_id for found in account.desk.guard.take_cancels()] == [target.venue_id]


class TestDifferences:
    def test_a_liquidation_is_booked_from_the_statement_and_halts_the_account(self, account: Account) -> None:
        held(account)
        account.held.clear()
        account.orders = {}
        margin = account.book.positions()[0].margin
        account.wallet -= margin
        account.bills.append(
            VenueBill(bill_id="l1", kind=BillKind.LIQUIDATION, symbol=A, amount=-margin, at_ms=account.now_ms)
        )
        account.read(1_000)
        (closed,) = of_kind(account.read(LAG_MS), PositionClosed)
        assert closed.trade.reason is ExitReason.LIQUIDATION
        assert account.book.wallet == account.wallet
        assert account.standings.standing.state is AccountState.HALTED

    @pytest.mark.parametrize("repeats", [True, False])
    def test_a_liquidation_costs_what_the_statement_takes_whether_or_not_it_repeats_the_execution(
        self, account: Account, repeats: bool
    ) -> None:
        held(account)
        (stop,) = [found for found in account.orders.values() if found.kind is VenueOrderKind.STOP]
        account.now_ms += 5_000
        account.execute(stop, "80", order_id="liquidated", realised="-20.2")
        account.orders = {}
        account.wallet -= Decimal("0.5")
        lines = [("kept", BillKind.LIQUIDATION, "-0.5")]
        if repeats:
            lines += [("profit", BillKind.LIQUIDATION, "-20.2"), ("fee", BillKind.LIQUIDATION, "-0.08")]
        account.bills = [
            VenueBill(bill_id=name, kind=kind, symbol=A, amount=Decimal(amount), at_ms=account.now_ms)
            for name, kind, amount in lines
        ]
        (closed,) = of_kind(account.read(1_000), PositionClosed)
        assert closed.trade.reason is ExitReason.LIQUIDATION
        assert account.book.wallet == account.wallet

    def test_a_position_that_is_gone_leaves_the_ledger_though_every_exit_stays_in_doubt(self, account: Account) -> None:
        held(account)
        account.held.clear()
        account.orders = {}
        closed = []
        for _ in range(12):
            facts = account.read(2_000)
            for exit_ in sent(facts, Leg.EXIT):
                account.desk.learn(exit_, LOST, account.now_ms)
            closed += of_kind(facts, PositionClosed)
        assert len(closed) == 1

    def test_a_position_that_is_gone_is_explained_by_the_execution_that_waits_for_its_order(
        self, account: Account
    ) -> None:
        held(account)
        (exit_,) = sent(account.desk.exits.close(account.book.positions()[0], ExitReason.MANUAL, account.now_ms))
        account.desk.learn(exit_, LOST, account.now_ms)
        late = account.execute(exit_, "101", realised="0.8")
        account.fills.remove(late)
        account.orders.clear()
        account.read(1_000)
        account.read(3_000)
        account.fills.append(late)
        facts = account.read(3_500)
        account.take(exit_, VenueOrderState.FILLED, "1")
        facts += account.read(1_500)
        assert [fact.fill.trade_id for fact in of_kind(facts, OrderFilled)] == [late.trade_id]
        assert account.book.wallet == account.wallet

    def test_what_a_stranger_opened_is_in_doubt_from_the_first_whole_reading_on(self, account: Account) -> None:
        stranger = replace(account.enter(), client_id="web-1")
        fresh = Account()
        fresh.read()
        fresh.execute(stranger, "100")
        fresh.read(1_000)
        assert fresh.desk.doubt(A) is not None
        fresh.read(5_000)
        assert fresh.desk.doubt(A) is not None

    def test_a_position_list_that_lags_is_not_believed(self, account: Account) -> None:
        held(account)
        account.held.clear()
        account.read(1_000)
        account.read(4_900)
        account.held[A, PositionSide.LONG] = position(A, PositionSide.LONG, Decimal(1), Decimal(100))
        account.read(1_000)
        account.read(LAG_MS)
        assert account.book.positions()

    def test_what_somebody_else_holds_is_left_alone_and_blocks_its_market(self, account: Account) -> None:
        account.held[A, PositionSide.LONG] = position(A, PositionSide.LONG, Decimal(3), Decimal(100))
        facts = [*account.read(1_000), *account.read(LAG_MS), *account.read(LAG_MS)]
        assert sent(facts) == []
        assert account.book.positions() == ()
        assert account.desk.doubt(A) is not None

    def test_funding_is_booked_from_the_statement_line_by_line(self, account: Account) -> None:
        held(account)
        bill = VenueBill(bill_id="f1", kind=BillKind.FUNDING, symbol=A, amount=Decimal("-0.01"), at_ms=account.now_ms)
        account.bills += [bill, bill]
        account.wallet -= Decimal("0.01")
        facts = account.read(1_000)
        assert [fact.bill.bill_id for fact in of_kind(facts, BillBooked)] == ["f1"]
        assert account.book.positions()[0].funding == Decimal("-0.01")
        assert account.book.wallet == account.wallet

    def test_a_wallet_nobody_can_explain_is_followed_told_and_stops_entries(self, account: Account) -> None:
        account.wallet -= Decimal("5.568542660000000000")
        account.read(1_000)
        facts = account.read(LAG_MS)
        assert [fact.bill.amount for fact in of_kind(facts, BillBooked)] == [Decimal("-5.56854266")]
        assert account.book.wallet == account.wallet
        assert "wallet is -5.57 USDT away" in of_kind(facts, AlertRaised)[0].text
        assert account.standings.standing.reason == "-5.57 USDT of the wallet are unexplained"
        assert account.standings.standing.state is AccountState.REDUCING
        assert account.standings.standing.latched

    def test_another_sigma_on_the_same_account_stops_this_one(self, account: Account) -> None:
        theirs = Account().enter()
        account.now_ms += 1_000
        account.take(replace(theirs, client_id="sg" + "z" * 24))
        facts = account.read(1_000)
        assert [fact.standing.state for fact in of_kind(facts, StandingChanged)] == [AccountState.HALTED]


class TestRisk:
    def test_an_entry_at_the_exchange_is_a_risk_before_anything_of_it_is_seen(self, account: Account) -> None:
        order = account.enter()
        assert not account.desk.is_at_risk
        account.answer(order)
        assert account.desk.is_at_risk

    def test_without_an_answer_it_is_one_too(self, account: Account) -> None:
        account.desk.learn(account.enter(), LOST, START)
        assert account.desk.is_at_risk

    def test_what_is_protected_is_none(self, account: Account) -> None:
        held(account)
        assert not account.desk.is_at_risk


class TestSomethingBeyondTheLedger:
    def test_it_is_in_doubt_only_as_long_as_it_is_there(self, account: Account) -> None:
        account.held[A, PositionSide.LONG] = position(A, PositionSide.LONG, Decimal(1), Decimal(100))
        account.read(100)
        assert account.desk.doubt(A) is not None
        account.held.clear()
        account.read(100)
        assert account.desk.doubt(A) is None
        assert not account.desk.unsettled
