"""The checker sees what went wrong at the exchange; each invariant has an episode that breaks it."""

from sigma_engine.practice.nouns import DuplicateIds, Hold, Kind
from tests.engine.practice.stand import BTC, ETH, START_MS, Stand, parts
from tests.servers import truth
from tests.servers.truth import Exposure, Gap


def test_a_quiet_trade_breaks_nothing() -> None:
    stand = Stand()
    stand.buy("0.01", stop="69000")
    stand.move("69000")
    history = stand.exchange.history
    assert truth.overfilled(history) == {}
    assert set(truth.most_working(history).values()) == {1}
    assert truth.unprotected(history, stand.now_ms) == []
    assert truth.last_positions(history) == truth.sizes_by_fills(history) == {}
    assert truth.wallet(history) == stand.exchange.wallet().total


def test_an_intent_that_was_sent_twice_is_overfilled() -> None:
    stand = Stand(duplicate_ids=DuplicateIds.ACCEPT)
    for _ in range(2):
        stand.buy("0.01", client_id="intent")
    history = stand.exchange.history
    assert truth.filled(history) == {"intent": parts("0.02")}
    assert truth.overfilled(history) == {"intent": parts("0.01")}


def test_two_working_orders_of_one_client_id_are_counted() -> None:
    stand = Stand(duplicate_ids=DuplicateIds.ACCEPT)
    for _ in range(2):
        stand.buy("0.01", "69900", client_id="intent")
    assert truth.most_working(stand.exchange.history)["intent"] == 2


def test_a_fired_trigger_and_what_it_became_are_one_intent() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.stop("69000", client_id="stop")
    stand.move("69000")
    history = stand.exchange.history
    assert (truth.filled(history)["stop"], truth.most_working(history)["stop"]) == (parts("0.01"), 1)
    assert truth.overfilled(history) == {}


def test_spans_without_a_covering_stop() -> None:
    stand = Stand()
    stand.wait(1_000)
    began = stand.now_ms
    stand.buy("0.02")
    stand.wait(4_000)
    stand.stop("69000", "0.01")
    stand.wait(1_000)
    stand.stop("69100", "0.01")
    covered = stand.now_ms
    stand.wait(10_000)
    stand.exchange.cancel_all(waiting=True)
    bare = stand.now_ms
    stand.wait(3_000)
    history = stand.exchange.history
    gaps = [Gap(BTC, Hold.LONG, began, covered), Gap(BTC, Hold.LONG, bare, stand.now_ms)]
    assert truth.unprotected(history, stand.now_ms) == gaps
    assert [gap.length_ms for gap in gaps] == [5_000, 3_000]
    assert truth.longest_unprotected_ms(history, stand.now_ms) == 5_000


def test_a_position_that_grows_beyond_its_stop_or_has_only_a_target_is_bare() -> None:
    stand = Stand()
    stand.buy("0.01", stop="69000")
    stand.short("0.01", target="69000")
    stand.wait()
    stand.buy("0.01")
    stand.wait()
    assert {gap.hold: gap.length_ms for gap in truth.unprotected(stand.exchange.history, stand.now_ms)} == {
        Hold.LONG: 1_000,
        Hold.SHORT: 2_000,
    }


def test_a_stop_of_the_other_side_or_another_symbol_covers_nothing() -> None:
    stand = Stand()
    stand.move("3000", symbol=ETH)
    stand.buy("0.01")
    stand.buy("0.01", kind=Kind.STOP_MARKET, trigger="60000")
    stand.cover("0.01", kind=Kind.STOP_MARKET, trigger="80000", reduces=True)
    stand.stop("2900", symbol=ETH)
    stand.wait()
    assert [gap.hold for gap in truth.unprotected(stand.exchange.history, stand.now_ms)] == [Hold.LONG]


def test_a_stop_at_work_still_protects_and_a_move_of_the_stop_leaves_no_gap() -> None:
    stand = Stand()
    stand.buy("0.01", stop="69000")
    (old,) = stand.exchange.open_orders(waiting=True)
    stand.wait()
    stand.stop("69500")
    stand.wait()
    stand.exchange.cancel(old.order_id, waiting=True)
    stand.exchange.knobs.hold_ms = 5_000
    stand.move("69500")
    stand.wait(5_000)
    assert stand.exchange.positions() == []
    assert truth.unprotected(stand.exchange.history, stand.now_ms) == []


def test_peaks_are_seen_though_they_are_over() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.short("0.02")
    stand.move("71000")
    stand.exchange.close_positions()
    assert truth.peak_exposure(stand.exchange.history) == {BTC: Exposure(parts("0.03"), parts("2130"))}
    assert truth.peak_open_positions(stand.exchange.history) == 2


def test_peaks_with_orders_count_what_could_still_open() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.buy("0.02", "69900")
    stand.stop("69000")
    stand.exchange.cancel_all()
    peaks = truth.peak_exposure(stand.exchange.history, with_orders=True)
    assert peaks == {BTC: Exposure(parts("0.03"), parts("2100"))}


def test_openings_tell_when_and_under_which_name() -> None:
    stand = Stand()
    stand.buy("0.01", client_id="one", stop="69000")
    stand.wait()
    stand.buy("0.01", client_id="two", kind=Kind.STOP_MARKET, trigger="70500")
    stand.move("70500")
    stand.sell("0.02", client_id="exit")
    assert truth.openings(stand.exchange.history) == [(START_MS + 1, "one"), (START_MS + 1_001, "two")]
