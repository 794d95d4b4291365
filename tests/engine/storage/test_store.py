"""The store as the session sees it: whole batches or nothing, repeatable, and never in the loop's way."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from sigma_engine.domain.account import AccountState, Standing
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.chat import Speaker
from sigma_engine.domain.order import OrderState
from sigma_engine.domain.portfolio import EquityPoint
from sigma_engine.domain.run import Mode, RunStatus
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DomainError, StorageError
from sigma_engine.session.ports import Batch
from sigma_engine.storage import batches, queries
from sigma_engine.storage.base import Base
from sigma_engine.storage.engines import address
from sigma_engine.storage.reader import StoreReader
from sigma_engine.storage.schema import prepare
from sigma_engine.storage.writer import Writer
from tests.engine.storage.storage_samples import (
    BAR_MS,
    DRILL,
    HALTED,
    PAIRS,
    RUN,
    START_MS,
    approved,
    batch,
    bill,
    candle,
    candles,
    decision,
    fill,
    message,
    opened,
    order,
    position,
    trade,
)

EMPTY = Batch(run=RUN, positions=())


@pytest.fixture
def file(tmp_path):
    return tmp_path / "sigma.db"


def with_store(file, scenario):
    """What ``scenario`` of an open store returns."""

    async def run():
        async with opened(file) as store:
            return await scenario(store)

    return asyncio.run(run())


def rows(file, query):
    """What a foreign SQLite program sees."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def counts(file):
    """Rows a table."""
    names = sorted({table.name for table in Base.metadata.sorted_tables} - {"strategies", "trials"})
    return {name: rows(file, f"SELECT count(*) FROM {name}")[0][0] for name in names}


def test_nothing_was_committed_yet(file):
    assert with_store(file, lambda store: store.latest_run("demo", 10)) is None


def test_a_batch_is_kept_whole(file):
    whole = replace(
        batch(0),
        trades=[trade(1)],
        chat=[message(START_MS, "hello")],
        bills=[bill(1)],
        standing=("weex", HALTED),
        drills=[("weex", DRILL)],
    )
    with_store(file, lambda store: store.commit(whole))
    assert counts(file) == {
        "bills": 1,
        "candles": 8,
        "chat": 1,
        "decisions": 8,
        "drills": 1,
        "equity": 1,
        "fills": 1,
        "forecasts": 8,
        "orders": 1,
        "positions": 2,
        "runs": 1,
        "standings": 1,
        "trades": 1,
    }


def test_repeating_a_batch_changes_nothing(file):
    whole = replace(
        batch(0),
        fills=[fill(0), fill(0, trade_id="7")],
        trades=[trade(1)],
        chat=[message(START_MS, "hello")],
        bills=[bill(1)],
        drills=[("weex", DRILL)],
    )

    async def scenario(store):
        await store.commit(whole)
        first = await store.latest_run("demo", 10)
        await store.commit(whole)
        return repr(first), repr(await store.latest_run("demo", 10))

    first, second = with_store(file, scenario)
    assert first == second
    assert counts(file)["forecasts"] == 8
    assert [counts(file)[name] for name in ("bills", "drills", "fills")] == [1, 1, 2]


def test_executions_alike_but_for_their_names_are_two(file):
    stored = with_store(
        file,
        lambda store: commit_and_load(store, replace(EMPTY, fills=[fill(0, trade_id="7"), fill(0, trade_id="8")])),
    )
    assert stored.trade_ids == {"7", "8"}
    assert stored.last_fill_ms == fill(0).at_ms


def test_an_execution_is_booked_once_whatever_else_is_said_of_it(file):
    """Each of these is another row by its key; only the exchange's name says that it is the same execution."""
    booked = fill(0, trade_id="7")
    again = [
        replace(booked, at_ms=booked.at_ms + 1),
        replace(booked, price=booked.price + 1),
        replace(booked, client_id="another"),
    ]

    async def scenario(store):
        await store.commit(replace(EMPTY, fills=[booked]))
        for twice in again:
            later = replace(RUN, wallet=Decimal("1"))
            with pytest.raises(StorageError, match=r"refused the data, nothing of it was kept: UNIQUE .*trade_id"):
                await store.commit(Batch(run=later, positions=(), fills=[twice]))
        await store.commit(replace(EMPTY, fills=[fill(0, PAIRS[1], trade_id="7")]))
        return await store.latest_run("demo", 10)

    assert with_store(file, scenario).run.wallet == RUN.wallet
    assert rows(file, "SELECT symbol, trade_id FROM fills ORDER BY symbol") == sorted(
        (symbol, "7") for symbol in PAIRS[:2]
    )


def test_executions_on_paper_have_no_names_and_do_not_collide(file):
    stored = with_store(file, lambda store: commit_and_load(store, replace(EMPTY, fills=[fill(0), fill(1)])))
    assert counts(file)["fills"] == 2
    assert (stored.trade_ids, stored.last_fill_ms, stored.bill_ids) == (set(), None, set())


def test_a_resumed_run_knows_the_newest_of_what_is_booked(file, monkeypatch):
    monkeypatch.setattr(queries, "NAMES_LIMIT", 3)
    fills = [fill(number, trade_id=str(number)) for number in (3, 0, 4, 1, 2)]
    bills = [bill(number) for number in (3, 0, 4, 1, 2)]
    stored = with_store(file, lambda store: commit_and_load(store, replace(EMPTY, fills=fills, bills=bills)))
    assert stored.trade_ids == {"2", "3", "4"}
    assert stored.last_fill_ms == fill(4).at_ms
    assert stored.bill_ids == {bill(number).bill_id for number in (2, 3, 4)}


def test_what_another_run_booked_is_not_this_ones(file):
    other = Batch(run=replace(RUN, run_id="run-2", mode=Mode.LIVE), positions=(), bills=[bill(1)])
    stored = with_store(
        file, lambda store: commit_and_load(store, EMPTY, replace(other, fills=[fill(0, trade_id="7")]))
    )
    assert (stored.trade_ids, stored.bill_ids) == (set(), set())


def test_a_standing_outlives_the_run_and_the_newest_counts(file):
    active = Standing(state=AccountState.ACTIVE, reason="", since_ms=START_MS + 1)

    async def scenario(store):
        await store.commit(replace(EMPTY, standing=("weex", HALTED)))
        await store.commit(replace(EMPTY, standing=("elsewhere", HALTED)))
        halted = await store.standing("weex")
        await store.commit(replace(EMPTY, standing=("weex", active)))
        await store.commit(Batch(run=replace(RUN, run_id="run-2"), positions=()))
        return halted, await store.standing("weex"), await store.standing("elsewhere"), await store.standing("nowhere")

    assert with_store(file, scenario) == (HALTED, active, HALTED, None)


def test_the_newest_run_may_be_asked_of_one_market(file):
    elsewhere = replace(RUN, run_id="run-2", source="elsewhere", started_ms=RUN.started_ms + 1)

    async def scenario(store):
        for run in (RUN, elsewhere):
            await store.commit(Batch(run=run, positions=()))
        found = [await store.latest_run("demo", 1, source) for source in (None, RUN.source, "elsewhere", "nowhere")]
        return [each and each.run.run_id for each in found]

    assert with_store(file, scenario) == ["run-2", "run-1", "run-2", None]


def test_a_replay_keeps_no_candles(file):
    run = replace(RUN, source="")
    stored = with_store(file, lambda store: commit_and_load(store, batch(0, run)))
    assert stored.candles == {}
    assert counts(file)["candles"] == 0


async def commit_and_load(store, *batches, mode="demo"):
    for each in batches:
        await store.commit(each)
    return await store.latest_run(mode, 10)


def test_the_run_and_its_positions_are_replaced(file):
    later = Batch(run=replace(RUN, status=RunStatus.PAUSED, wallet=Decimal("9000")), positions=(position(PAIRS[2]),))
    stored = with_store(file, lambda store: commit_and_load(store, batch(0), later))
    assert (stored.run.status, stored.run.wallet) == (RunStatus.PAUSED, Decimal("9000"))
    assert [held.symbol for held in stored.positions] == [PAIRS[2]]


def test_positions_of_another_run_are_left_alone(file):
    other = replace(RUN, run_id="run-2", mode=Mode.PAPER)
    with_store(file, lambda store: commit_and_load(store, batch(0), Batch(run=other, positions=())))
    assert counts(file)["positions"] == 2


@pytest.mark.parametrize("state", OrderState)
def test_an_order_that_may_still_execute_is_open_after_a_restart(file, state):
    changed = replace(order(0), state=state, venue_id="812", sent_ms=START_MS, filled=Decimal("0.0010"))
    stored = with_store(file, lambda store: commit_and_load(store, replace(EMPTY, orders=[changed])))
    may_execute = {OrderState.INTENT, OrderState.WORKING, OrderState.UNKNOWN}
    assert stored.open_orders == ((changed,) if state in may_execute else ())


def test_an_order_moves_on_under_its_client_id(file):
    filled = replace(order(0), state=OrderState.FILLED)
    stored = with_store(file, lambda store: commit_and_load(store, replace(EMPTY, orders=[order(0), order(1)])))
    assert [open_order.client_id for open_order in stored.open_orders] == [order(0).client_id, order(1).client_id]
    stored = with_store(file, lambda store: commit_and_load(store, replace(EMPTY, orders=[filled])))
    assert stored.open_orders == (order(1),)
    assert rows(file, "SELECT state FROM orders ORDER BY created_ms") == [("filled",), ("intent",)]


def test_partial_fills_of_an_order_are_kept_apart(file):
    parts = [replace(fill(0), quantity=Decimal(part)) for part in ("0.01", "0.02")]
    with_store(file, lambda store: store.commit(replace(EMPTY, fills=parts)))
    assert counts(file)["fills"] == 2


def test_the_newest_run_of_the_mode_is_the_one_to_resume(file):
    runs = [
        replace(RUN, run_id=run_id, mode=mode, started_ms=started_ms)
        for run_id, mode, started_ms in [("b", Mode.DEMO, 5), ("a", Mode.DEMO, 7), ("z", Mode.REPLAY, 9)]
    ]
    stored = with_store(file, lambda store: commit_and_load(store, *(Batch(run=run, positions=()) for run in runs)))
    assert stored.run.run_id == "a"


def test_the_newest_decision_of_each_symbol_returns_in_the_runs_order(file):
    made = [decision(0), approved(1), decision(0, PAIRS[1]), decision(2, PAIRS[1])]
    stored = with_store(file, lambda store: commit_and_load(store, replace(EMPTY, decisions=made)))
    assert list(map(repr, stored.decisions)) == [repr(made[1]), repr(made[3])]


def test_only_the_newest_messages_and_points_return_to_a_resumed_run(file, monkeypatch):
    monkeypatch.setattr(queries, "CHAT_LIMIT", 3)
    monkeypatch.setattr(queries, "EQUITY_LIMIT", 2)
    points = [EquityPoint(at_ms, Decimal(at_ms), Decimal(at_ms)) for at_ms in range(5)]
    said = [message(at_ms, f"message {at_ms}") for at_ms in range(5)]
    full = replace(EMPTY, equity=points, chat=said)

    async def scenario(store):
        return await commit_and_load(store, full), await store.equity(RUN.run_id)

    stored, everything = with_store(file, scenario)
    assert stored.equity == tuple(points[-2:])
    assert stored.chat == tuple(said[-3:])
    assert everything == tuple(points)


def test_question_and_answer_of_one_instant_keep_their_order(file):
    said = [message(5, "why?"), message(5, "because", Speaker.ASSISTANT), message(5, "and then?")]
    stored = with_store(file, lambda store: commit_and_load(store, replace(EMPTY, chat=said)))
    assert stored.chat == tuple(said)


def test_a_message_may_be_kept_between_batches(file):
    async def scenario(store):
        await store.commit(EMPTY)
        await store.say(RUN.run_id, message(5, "hello"))
        return await store.latest_run("demo", 0)

    assert with_store(file, scenario).chat == (message(5, "hello"),)


def test_a_forecast_is_resolved_by_the_close_it_was_about_and_by_no_other(file):
    made = [decision(number) for number in (0, 1, 11, 12)]  # the horizon is 12 bars

    async def scenario(store):
        for each in made:
            await store.commit(replace(EMPTY, decisions=[each]))

    with_store(file, scenario)
    resolved = rows(file, "SELECT bar_ms, resolved_ms, resolved_price FROM forecasts WHERE resolved_ms IS NOT NULL")
    assert resolved == [(START_MS, START_MS + 13 * BAR_MS, made[-1].signal.price)]


def test_a_forecasts_undefined_figures_are_null(file):
    with_store(file, lambda store: store.commit(replace(EMPTY, decisions=[decision(0)])))
    assert rows(file, "SELECT p_up, p_target_short, resolved_price FROM forecasts") == [(0.5, None, None)]


def test_a_batch_that_cannot_be_kept_leaves_nothing_behind(file):
    broken = replace(batch(1), trades=[replace(trade(1), leverage=0)])

    async def scenario(store):
        await store.commit(batch(0))
        with pytest.raises(StorageError, match=r"refused the data, nothing of it was kept: .*leverage"):
            await store.commit(broken)
        before = await store.latest_run("demo", 10)
        await store.commit(batch(1))
        return before

    assert with_store(file, scenario).run.feed_checkpoint == "0"
    assert counts(file)["decisions"] == 16


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_no_amount_that_is_not_finite_is_ever_kept(file, amount):
    async def scenario(store):
        with pytest.raises(DomainError, match="finite"):
            await store.commit(batch(0, replace(RUN, fees_paid=Decimal(amount))))

    with_store(file, scenario)
    assert set(counts(file).values()) == {0}


def test_a_candle_that_is_not_a_number_is_refused(file):
    async def scenario(store):
        with pytest.raises(StorageError, match=r"candles\.close"):
            await store.commit(replace(EMPTY, candles=[(PAIRS[0], replace(candle(0), close=float("nan")))]))

    with_store(file, scenario)
    assert set(counts(file).values()) == {0}


def test_a_full_disk_refuses_the_batch_and_keeps_what_was_there(file):
    prepare(address(file))
    with closing(Held(file)) as held:
        held.writer.submit(lambda connection: batches.write(connection, batch(0))).result()
        pages = rows(file, "PRAGMA page_count")[0][0]
        held.writer.submit(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}").all()).result()
        full = held.writer.submit(lambda connection: batches.write(connection, batch(1)))
        with pytest.raises(StorageError, match=r"The disk that holds .*sigma\.db is full: free some space"):
            full.result()
    reader = StoreReader.open(file)
    assert reader.ask(queries.latest_run, "demo", 10).run.feed_checkpoint == "0"
    reader.close()


def test_a_foreign_program_that_holds_the_file_makes_a_commit_fail_not_hang(file):
    async def scenario():
        async with opened(file, busy_timeout_ms=1) as store:
            await store.commit(batch(0))
            with closing(sqlite3.connect(file, isolation_level=None)) as foreign:
                foreign.execute("BEGIN IMMEDIATE")
                with pytest.raises(StorageError, match="held by another program: close what has it open"):
                    await store.commit(batch(1))
                foreign.execute("ROLLBACK")
            await store.commit(batch(1))

    asyncio.run(scenario())
    assert counts(file)["decisions"] == 16


def test_an_error_of_the_programmers_reaches_who_waits(file):
    async def scenario(store):
        with pytest.raises(AttributeError):
            await store.commit(None)
        await store.commit(batch(0))

    with_store(file, scenario)


def test_the_loop_goes_on_while_a_commit_waits_for_the_disk(file):
    async def scenario(store):
        with closing(sqlite3.connect(file, isolation_level=None)) as foreign:
            foreign.execute("BEGIN IMMEDIATE")
            commit = asyncio.create_task(store.commit(batch(0)))
            for _ in range(1000):
                await asyncio.sleep(0)
            assert not commit.done()
            foreign.execute("ROLLBACK")
        await commit

    with_store(file, scenario)
    assert counts(file)["decisions"] == 8


def test_reading_does_not_wait_for_a_commit(file):
    async def scenario(store):
        await store.commit(batch(0))
        with closing(sqlite3.connect(file, isolation_level=None)) as foreign:
            foreign.execute("BEGIN IMMEDIATE")
            commit = asyncio.create_task(store.commit(batch(1)))
            stored = await store.latest_run("demo", 10)
            assert not commit.done()
            foreign.execute("ROLLBACK")
        await commit
        return stored

    assert with_store(file, scenario).run.feed_checkpoint == "0"


def test_who_is_cancelled_while_waiting_does_not_take_the_batch_back(file):
    async def scenario(store):
        with closing(sqlite3.connect(file, isolation_level=None)) as foreign:
            foreign.execute("BEGIN IMMEDIATE")
            commit = asyncio.create_task(store.commit(batch(0)))
            await asyncio.sleep(0)
            commit.cancel()
            with pytest.raises(asyncio.CancelledError):
                await commit
            foreign.execute("ROLLBACK")

    with_store(file, scenario)
    assert counts(file)["decisions"] == 8


def test_closing_commits_what_waits_and_leaves_no_log_behind(file):
    async def scenario(store):
        waiting = [asyncio.create_task(store.commit(batch(number))) for number in range(5)]
        await asyncio.sleep(0)
        await store.close()
        await store.close()
        await asyncio.gather(*waiting)

    with_store(file, scenario)
    assert sorted(path.name for path in file.parent.iterdir()) == ["sigma.db", "sigma.db.lock"]
    assert counts(file)["decisions"] == 40


def test_a_closed_store_says_so(file):
    async def scenario(store):
        await store.close()
        with pytest.raises(StorageError, match="closed"):
            await store.commit(batch(0))
        with pytest.raises(StorageError, match="closed"):
            await store.runs()

    with_store(file, scenario)
    assert counts(file)["runs"] == 0


def test_no_thread_outlives_the_store(file):
    before = threading.active_count()
    with_store(file, lambda store: commit_and_load(store, batch(0)))
    assert threading.active_count() == before


class Held:
    """A writer whose thread is kept busy until `let_go`."""

    def __init__(self, file):
        self.writer = Writer(address(file))
        self._go = threading.Event()

    def hold(self):
        self.writer.submit(lambda _: self._go.wait())

    def let_go(self):
        self._go.set()

    def close(self):
        self.let_go()
        self.writer.close()


def test_what_waits_together_is_committed_together(file):
    prepare(address(file))
    with closing(Held(file)) as held:
        held.hold()
        waiting = [held.writer.submit(lambda connection: connection.get_transaction()) for _ in range(10)]
        held.let_go()
        assert len({id(done.result()) for done in waiting}) == 1


def test_a_batch_that_fails_takes_nothing_of_its_neighbours_with_it(file):
    prepare(address(file))
    broken = replace(batch(1), trades=[replace(trade(1), leverage=0)])
    with closing(Held(file)) as held:
        held.hold()
        waiting = [
            held.writer.submit(lambda connection, each=each: batches.write(connection, each))
            for each in (batch(0), broken, batch(2))
        ]
        held.let_go()
        assert isinstance(waiting[1].exception(), StorageError)
        assert [done.exception() for done in (waiting[0], waiting[2])] == [None, None]
    assert rows(file, "SELECT count(*) FROM equity") == [(2,)]


def test_the_writer_keeps_the_promises_durability_rests_on(file):
    prepare(address(file))
    with closing(Held(file)) as held:
        said = {
            name: held.writer.submit(lambda c, name=name: c.exec_driver_sql(f"PRAGMA {name}").scalar_one()).result()
            for name in ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "busy_timeout")
        }
    full = 2
    assert said == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "wal_autocheckpoint": 0,
        "busy_timeout": 5000,
    }


def test_a_file_that_is_thrown_away_waits_for_no_disk(file):
    prepare(address(file))
    writer = Writer(address(file), durable=False)
    try:
        found = writer.submit(lambda c: c.exec_driver_sql("PRAGMA synchronous").scalar_one()).result()
    finally:
        writer.close()
    assert found == 0


def test_the_log_does_not_grow_for_ever(file):
    async def scenario(store):
        sizes = []
        for number in range(300):
            await store.commit(batch(number))
            sizes.append(file.with_name("sigma.db-wal").stat().st_size)
        return sizes

    sizes = with_store(file, scenario)
    assert sizes[-1] < 1.5 * max(sizes[:100])


@pytest.mark.parametrize(
    "damage",
    [
        "runs SET status = 'dreaming'",
        "runs SET wallet = 'ten'",
        "runs SET symbols = '['",
        "orders SET quantity = '-1'",
        "decisions SET document = '{}'",
    ],
)
def test_a_row_that_makes_no_sense_is_refused_in_one_sentence(file, damage):
    async def scenario(store):
        await store.commit(batch(0))
        with closing(sqlite3.connect(file)) as foreign, foreign:
            foreign.execute(f"UPDATE {damage}")
        with pytest.raises(StorageError, match=r"^A stored \w+ cannot be read .*restore a backup"):
            await store.latest_run("demo", 10)

    with_store(file, scenario)


def test_a_reader_cannot_write(file):
    prepare(address(file))
    reader = StoreReader.open(file)
    with pytest.raises(StorageError, match="read-only"):
        reader.ask(batches.write, batch(0))
    reader.close()


def test_a_reader_of_nothing_says_so(file):
    with pytest.raises(StorageError, match=r"sigma\.db cannot be opened"):
        StoreReader.open(file).ask(queries.runs)
    assert not file.exists()


def test_a_tool_may_look_on_while_a_session_runs(file):
    async def scenario(store):
        await store.commit(batch(0))
        reader = StoreReader.open(file)
        first = reader.ask(queries.latest_run, "demo", 10)
        await store.commit(batch(1))
        second = reader.ask(queries.latest_run, "demo", 10)
        reader.close()
        return first.run.feed_checkpoint, second.run.feed_checkpoint

    assert with_store(file, scenario) == ("0", "1")


def test_candles_are_imported_by_the_block_and_newer_values_win(file):
    symbol = PAIRS[0]
    changed = Candles.from_rows([replace(candle(number), close=100.0) for number in (1, 2)])

    async def scenario(store):
        assert await store.save_candles("file", symbol, Timeframe.M5, candles(3)) == 3
        assert await store.save_candles("file", symbol, Timeframe.M5, changed) == 2
        return (
            await store.candles("file", symbol, Timeframe.M5),
            await store.candles("file", symbol, Timeframe.M5, 1),
            await store.candles("other", symbol, Timeframe.M5),
            await store.save_candles("file", symbol, Timeframe.M5, Candles.empty()),
        )

    everything, newest, elsewhere, none = with_store(file, scenario)
    np.testing.assert_array_equal(everything.close, [candle(0).close, 100.0, 100.0])
    np.testing.assert_array_equal(newest.open_ms, everything.open_ms[-1:])
    assert (len(elsewhere), none) == (0, 0)


def test_a_block_with_one_impossible_candle_is_refused_whole(file):
    broken = Candles.from_rows([candle(0), replace(candle(1), low=200.0)])

    async def scenario(store):
        with pytest.raises(StorageError, match="low_high"):
            await store.save_candles("file", PAIRS[0], Timeframe.M5, broken)
        return await store.candles("file", PAIRS[0], Timeframe.M5)

    assert len(with_store(file, scenario)) == 0


def test_runs_are_listed_newest_first_with_their_trades(file):
    later = replace(RUN, run_id="run-2", mode=Mode.PAPER, started_ms=START_MS + 1)

    async def scenario(store):
        await store.commit(replace(EMPTY, trades=[trade(1), trade(2)]))
        await store.commit(Batch(run=later, positions=()))
        return await store.runs()

    assert [(run.run_id, run.mode, run.trades, run.initial) for run in with_store(file, scenario)] == [
        ("run-2", Mode.PAPER, 0, Decimal("10000")),
        ("run-1", Mode.DEMO, 2, Decimal("10000")),
    ]


def test_performance_adds_up_exactly_in_all_and_by_symbol(file):
    closed = [
        trade(1, PAIRS[0], pnl="0.1", fees="0.01"),
        trade(2, PAIRS[1], pnl="-0.00000001"),
        trade(3, PAIRS[0], pnl="0.2", fees="0.02"),
        trade(4, PAIRS[0], pnl="0"),
    ]

    async def scenario(store):
        await store.commit(replace(EMPTY, trades=closed))
        return await store.performance(RUN.run_id)

    summary = with_store(file, scenario)
    assert (summary.trades, summary.wins, summary.win_rate) == (4, 2, 0.5)
    assert (summary.pnl, summary.best, summary.worst) == (Decimal("0.29999999"), Decimal("0.2"), Decimal("-0.00000001"))
    first = summary.by_symbol[PAIRS[0]]
    assert (first.trades, first.wins, first.pnl, first.fees) == (3, 2, Decimal("0.3"), Decimal("0.035"))
    assert set(summary.by_symbol) == {PAIRS[0], PAIRS[1]}


def test_performance_since_an_instant_counts_trades_closed_then_or_later(file):
    async def scenario(store):
        await store.commit(replace(EMPTY, trades=[trade(number) for number in range(1, 5)]))
        return await store.performance(RUN.run_id, trade(3).exit_ms)

    assert with_store(file, scenario).trades == 2


def test_performance_without_trades_is_nothing_not_zero_percent(file):
    summary = with_store(file, lambda store: store.performance("nobody"))
    assert (summary.trades, summary.pnl, summary.best, summary.worst, summary.win_rate) == (0, 0, None, None, None)
    assert summary.by_symbol == {}


def test_a_strategy_gets_a_new_version_with_each_change_and_none_without(file):
    async def scenario(store):
        versions = [await store.save_strategy("mine", document, 7) for document in ("{}", "{}", '{"a": 1}', "{}")]
        return versions, await store.save_strategy("another", "{}", 8), await store.strategies()

    versions, other, kept = with_store(file, scenario)
    assert (versions, other) == ([1, 1, 2, 3], 1)
    assert [(strategy.name, strategy.version, strategy.document) for strategy in kept] == [
        ("another", 1, "{}"),
        ("mine", 1, "{}"),
        ("mine", 2, '{"a": 1}'),
        ("mine", 3, "{}"),
    ]
