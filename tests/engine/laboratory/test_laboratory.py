"""The laboratory as the window uses it: runs that become trials, history, reports; and what a mistake leaves behind."""

import asyncio
import json
import threading
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

import sigma_engine
from sigma_engine import DownloadRequest, Gap, Luck, Progress, Series, Timeframe
from sigma_engine.backtest.setup import Cancelled
from sigma_engine.domain.backtest import BacktestRequest, CostChoice, Engine, SlippageModel
from sigma_engine.domain.candle import Candles
from sigma_engine.errors import DataError, InputError, SpecError, Stopped, StorageError
from sigma_engine.laboratory.requests import request_from_json, request_to_json
from sigma_engine.market.file_report import FileReport
from sigma_engine.storage.folder import DataFolder
from sigma_engine.strategy.library import load_strategy, preset_names
from tests.engine.laboratory.lab_samples import (
    BAR_MS,
    BTC,
    ETH,
    START_MS,
    bench,
    engine_of,
    in_laboratory,
    laboratory,
    walk,
    without,
    write,
)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def btc(tmp_path):
    return write(tmp_path / "BTCUSDT-5m-walk.csv", walk(600))


def request(*files, **asked):
    return BacktestRequest(**{"strategy": "ema-trend", "files": files} | asked)


def test_a_run_becomes_a_trial_that_can_be_read_again(home, btc):
    asked = request(btc, capital=Decimal(5_000), costs=CostChoice(taker_bps=4.5))

    async def scenario(lab):
        trial = await lab.run(asked)
        return trial, await lab.trial(trial.summary.trial_id), await lab.trials()

    trial, again, listed = in_laboratory(home, scenario)
    assert again == trial
    assert listed == (trial.summary,)
    assert trial.request == asked
    assert trial.result.trades, "the walk rises now and then"
    summary = trial.summary
    assert (summary.number, summary.strategy, summary.symbols) == (1, "ema-trend", (BTC,))
    assert (summary.source, summary.timeframe, summary.engine) == (btc.name, Timeframe.M5, Engine.COMPILED)
    assert (summary.from_ms, summary.to_ms) == (START_MS + 200 * BAR_MS, START_MS + 600 * BAR_MS)
    assert (summary.trades, summary.sharpe, summary.luck) == (len(trial.result.trades), 1.91, Luck.LUCK)
    assert json.loads(trial.document)["symbols"] == ["BTC/USDT"]
    assert trial.result.notes[-1] == "no funding rates of BTC/USDT: none are booked there"


def test_trials_outlive_the_laboratory(home, btc):
    first = in_laboratory(home, lambda lab: lab.run(request(btc)))
    second = in_laboratory(home, lambda lab: lab.run(request(btc)))
    listed = in_laboratory(home, lambda lab: lab.trials())
    assert listed == (second.summary, first.summary)
    assert [summary.number for summary in listed] == [2, 1]


def test_each_run_is_weighed_against_the_earlier_ones_of_its_family(home, btc):
    other_numbers = json.dumps(load_strategy("ema-trend").document() | {"leverage": 3, "name": "Mine"})

    async def scenario(lab):
        runs = [await lab.run(request(btc)), await lab.run(request(btc, strategy=other_numbers))]
        await lab.delete_trial(runs[0].summary.trial_id)
        runs += [await lab.run(request(btc, strategy="rsi-oversold")), await lab.run(request(btc))]
        return [run.result.verdict.text for run in runs]

    assert in_laboratory(home, scenario) == [
        "0 earlier, []",
        "1 earlier, [0.1]",
        "0 earlier, []",
        "2 earlier, [0.1, 0.1]",
    ]


def test_runs_asked_for_at_once_are_weighed_one_after_the_other(home, btc):
    async def scenario(lab):
        runs = await asyncio.gather(*(lab.run(request(btc)) for _ in range(3)))
        return sorted((run.summary.number, run.result.verdict.trials) for run in runs)

    assert in_laboratory(home, scenario) == [(1, 0), (2, 1), (3, 2)]


def test_what_a_request_leaves_to_the_settings_is_kept_as_it_was(home, btc):
    """Who looks at a run later, or runs it again, finds its costs, whatever the settings say by then."""
    trial = in_laboratory(home, lambda lab: lab.run(request(btc)))
    assert trial.request.costs == CostChoice()
    assert trial.request.capital == Decimal(10_000)


def test_it_works_beside_a_session_that_owns_the_folder(home, btc):
    with DataFolder.open(home):
        assert in_laboratory(home, lambda lab: lab.run(request(btc))).summary.number == 1


def test_the_door_opens_it(home):
    async def scenario():
        lab = await sigma_engine.open_laboratory(home)
        try:
            return await lab.trials(), await lab.history(), await lab.strategies()
        finally:
            await lab.close()
            await lab.close()

    assert asyncio.run(scenario()) == ((), (), preset_names())


def test_progress_is_told_to_the_end(home, btc):
    told = []
    in_laboratory(home, lambda lab: lab.run(request(btc), told.append))
    assert told[-1] == Progress(1.0, 0.0, "ema-trend")


def endless(begun):
    """An engine that runs until it is stopped."""

    def run(setup, watch):
        begun.set()
        while watch(0.1):
            pass
        raise Cancelled

    return run


@pytest.mark.parametrize("closing", [False, True])
def test_a_run_that_is_stopped_keeps_nothing(home, btc, closing):
    begun = threading.Event()

    async def scenario():
        async with laboratory(home, bench(engine=lambda _: endless(begun))) as lab:
            running = asyncio.create_task(lab.run(request(btc)))
            await asyncio.to_thread(begun.wait)
            if closing:
                await lab.close()
            else:
                running.cancel()
            with pytest.raises(Stopped if closing else asyncio.CancelledError):
                await running

    asyncio.run(scenario())
    assert in_laboratory(home, lambda lab: lab.trials()) == ()


def test_a_run_that_fails_keeps_nothing(home, btc):
    def broken(setup, watch):
        raise DataError("a candle is no candle: leave it out.")

    async def scenario(lab):
        with pytest.raises(DataError):
            await lab.run(request(btc))
        return await lab.trials()

    assert in_laboratory(home, scenario, bench(engine=lambda _: broken)) == ()


def test_the_engine_that_was_asked_for_runs(home, btc):
    asked = []

    def engine(name):
        asked.append(name)
        return engine_of()

    trial = in_laboratory(home, lambda lab: lab.run(request(btc, engine=Engine.SESSION)), bench(engine=engine))
    assert asked == [Engine.SESSION]
    assert trial.summary.engine is trial.result.engine is Engine.SESSION


def test_notes_search_and_deleting(home, btc):
    async def scenario(lab):
        one, two = [(await lab.run(request(btc))).summary.trial_id for _ in range(2)]
        await lab.annotate(one, "look at March")
        found = [summary.trial_id for summary in await lab.trials("march")]
        await lab.delete_trial(one)
        with pytest.raises(InputError, match="no such backtest"):
            await lab.trial(one)
        with pytest.raises(InputError, match="no such backtest"):
            await lab.annotate(one, "again")
        with pytest.raises(InputError, match="no such backtest"):
            await lab.delete_trial(one)
        return found == [one], [summary.trial_id for summary in await lab.trials()] == [two]

    assert in_laboratory(home, scenario) == (True, True)


def test_a_trials_candles_are_those_it_ran_on(home, btc):
    async def scenario(lab):
        trial = await lab.run(request(btc))
        return trial.summary.trial_id, await lab.trial_candles(trial.summary.trial_id, "BTC")

    trial_id, fresh = in_laboratory(home, scenario)
    later = in_laboratory(home, lambda lab: lab.trial_candles(trial_id, BTC))
    for found in (fresh, later):
        assert [column.tolist() for column in found.columns()] == [column.tolist() for column in walk(600).columns()]


def test_candles_that_changed_since_are_not_shown_under_old_trades(home, btc):
    trial_id = in_laboratory(home, lambda lab: lab.run(request(btc))).summary.trial_id
    write(btc, walk(600, seed=8))
    with pytest.raises(DataError, match="have changed since it ran"):
        in_laboratory(home, lambda lab: lab.trial_candles(trial_id, BTC))
    btc.unlink()
    with pytest.raises(DataError, match="does not exist"):
        in_laboratory(home, lambda lab: lab.trial_candles(trial_id, BTC))


def test_history_that_grew_since_changes_nothing(home, tmp_path):
    """A run on all there was is drawn on all there was then."""

    async def scenario(lab):
        await lab.import_files([write(tmp_path / "BTCUSDT-5m-a.csv", walk(600))])
        trial = await lab.run(request(source="import"))
        await lab.import_files([write(tmp_path / "BTCUSDT-5m-b.csv", walk(100, first=600))])
        lab._shown = None
        return await lab.trial_candles(trial.summary.trial_id, BTC)

    assert len(in_laboratory(home, scenario)) == 600


def test_strategies_are_the_presets_and_the_kept_ones(home):
    document = load_strategy("rsi-oversold").document() | {"name": "Mine"}

    async def scenario(lab):
        await lab._store.save_strategy("Mine", json.dumps(document), 1)
        return await lab.strategies(), await lab.strategy_document("Mine"), await lab.strategy_document("ema-trend")

    names, mine, preset = in_laboratory(home, scenario)
    assert names == (*preset_names(), "Mine")
    assert mine == document
    assert preset == load_strategy("ema-trend").document()


def test_a_document_is_checked_and_completed(home):
    short = {"entry_long": "rsi(14) < 30", "direction": "long", "symbols": ["btc"]}
    found = in_laboratory(home, lambda lab: lab.check_document(short))
    assert (found["entry_long"], found["symbols"], found["leverage"]) == (["rsi(14) < 30"], ["BTC/USDT"], 5)
    with pytest.raises(SpecError):
        in_laboratory(home, lambda lab: lab.check_document({"entry_long": "rsi(14) > 101"}))


def test_files_are_imported_covered_read_and_forgotten(home, tmp_path):
    files = [
        write(tmp_path / "BTCUSDT-5m-walk.csv", without(walk(600), 10, 13)),
        write(tmp_path / "ETHUSDT-5m-walk.csv", walk(50)),
    ]
    told = []

    async def scenario(lab):
        reports = await lab.import_files(files, told.append)
        covered = await lab.history()
        span = await lab.candles(covered[0].series, START_MS + 5 * BAR_MS, START_MS + 20 * BAR_MS)
        return reports, covered, span, await lab.delete_history(covered[0].series), await lab.history()

    reports, (btc, eth), span, gone, left = in_laboratory(home, scenario)
    assert [(report["symbol"], report["candles"], report["missing_bars"]) for report in reports] == [
        (BTC, 597, 3),
        (ETH, 50, 0),
    ]
    assert btc.gaps == (Gap(START_MS + 9 * BAR_MS, 3),)
    assert (len(span), gone) == (12, 597)
    assert left == (eth,)
    assert [progress.text for progress in told] == ["BTCUSDT-5m-walk.csv", "ETHUSDT-5m-walk.csv", ""]


def test_one_bad_file_of_several_keeps_none_of_them(home, btc, tmp_path):
    bad = tmp_path / "ETHUSDT-5m-bad.csv"
    bad.write_text("nothing\n", "utf-8")

    async def scenario(lab):
        with pytest.raises(DataError):
            await lab.import_files([btc, bad])
        return await lab.history()

    assert in_laboratory(home, scenario) == ()


NOTHING_FOUND = FileReport(
    rows=0,
    first_ms=START_MS,
    last_ms=START_MS,
    gaps=(),
    duplicates=0,
    rejected=(),
    rejected_count=0,
    out_of_order=0,
    off_grid=0,
    notes=(),
)


@dataclass(frozen=True)
class Found:
    """What a venue has."""

    source: str
    symbol: str
    candles: Candles
    report: FileReport


def test_a_download_is_kept_beside_what_was_there(home):
    wanted = DownloadRequest(venue="binance", symbol=BTC, timeframe=Timeframe.M5, since_ms=START_MS)
    later = iter([walk(10), walk(10, first=10)])
    told = []

    def download(asked, tell, stop):
        assert asked is wanted
        assert not stop()
        tell(0.5)
        report = replace(NOTHING_FOUND, notes=("it begins there",))
        return Found("binance", BTC, next(later), report)

    async def scenario(lab):
        return await lab.download(wanted), await lab.download(wanted, told.append)

    first, second = in_laboratory(home, scenario, bench(download=download))
    assert first.coverage.series == Series("binance", BTC, Timeframe.M5)
    assert (first.coverage.candles, second.coverage.candles) == (10, 20)
    assert first.notes == ("it begins there",)
    assert [progress.share for progress in told] == [0.5, 1.0]


def test_a_cancelled_download_is_told_to_stop_and_keeps_nothing(home):
    begun = threading.Event()

    def download(asked, tell, stop):
        begun.set()
        while not stop():
            pass
        raise Stopped("stopped")

    wanted = DownloadRequest(venue="binance", symbol=BTC, timeframe=Timeframe.M5, since_ms=START_MS)

    async def scenario(lab):
        getting = asyncio.create_task(lab.download(wanted))
        await asyncio.to_thread(begun.wait)
        getting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await getting
        return await lab.history()

    assert in_laboratory(home, scenario, bench(download=download)) == ()


@pytest.mark.parametrize(
    ("name", "content"), [("a.html", "<html>ema-trend"), ("a.json", '{"run_id":'), ("a.CSV", "BTC/USDT")]
)
def test_a_report_takes_the_form_its_name_says(home, btc, tmp_path, name, content):
    async def scenario(lab):
        trial = await lab.run(request(btc))
        return await lab.save_report(trial.summary.trial_id, tmp_path / name)

    path = in_laboratory(home, scenario)
    assert path == tmp_path / name
    assert path.read_text("utf-8").startswith(content)


@pytest.mark.parametrize("name", ["report", "report.pdf", "nowhere/report.html"])
def test_a_report_that_cannot_be_written_leaves_nothing(home, btc, tmp_path, name):
    place = tmp_path / "reports"
    place.mkdir()

    async def scenario(lab):
        trial = await lab.run(request(btc))
        with pytest.raises(InputError, match="report"):
            await lab.save_report(trial.summary.trial_id, place / name)

    in_laboratory(home, scenario)
    assert list(place.iterdir()) == []


def test_a_request_returns_from_its_text(tmp_path):
    asked = request(
        tmp_path / "a.csv",
        source="import",
        symbols=(BTC,),
        timeframe=Timeframe.H1,
        from_ms=1,
        to_ms=2,
        capital=Decimal("10000.10"),
        leverage=3,
        costs=CostChoice(maker_bps=1.5, slippage_model=SlippageModel.VOLATILITY, funding=False),
        funding_files=(tmp_path / "f.csv",),
        minutes=True,
        engine=Engine.SESSION,
    )
    assert request_from_json(request_to_json(asked)) == asked
    with pytest.raises(StorageError, match="settings cannot be read"):
        request_from_json('{"strategy": 7}')


def test_a_damaged_result_is_told_and_can_be_deleted(home, btc):
    async def scenario(lab):
        trial_id = (await lab.run(request(btc))).summary.trial_id
        await lab._store._write(lambda c: c.exec_driver_sql("UPDATE trials SET result = X'00'") and None)
        with pytest.raises(StorageError, match="damaged"):
            await lab.trial(trial_id)
        await lab.delete_trial(trial_id)

    in_laboratory(home, scenario)
