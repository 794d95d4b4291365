"""From what is asked for to what is run: every choice reaches the engine, every mistake is told in one sentence."""

import asyncio
import json
from decimal import Decimal

import numpy as np
import pytest

from sigma_engine.domain.backtest import BacktestRequest, CostChoice, SlippageModel
from sigma_engine.domain.history import Series
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError, InputError, SpecError
from sigma_engine.laboratory.preparation import prepare
from sigma_engine.risk.costs import FUNDING_MS
from sigma_engine.settings import Settings
from sigma_engine.storage.store import SqliteStore
from sigma_engine.strategy.library import load_strategy
from tests.engine.laboratory.lab_samples import BAR_MS, BTC, ETH, START_MS, walk, without, write

SOL = "SOL/USDT:USDT"
MINUTE_MS = Timeframe.M1.interval_ms


@pytest.fixture
def btc(tmp_path):
    return write(tmp_path / "BTCUSDT-5m-walk.csv", walk(600))


@pytest.fixture
def eth(tmp_path):
    return write(tmp_path / "ETHUSDT-5m-walk.csv", walk(600, seed=8, price=2_500.0))


def prepared(*files, strategy="ema-trend", settings=None, **asked):
    """What is made of a request on files."""
    request = BacktestRequest(strategy=strategy, files=files, **asked)
    return asyncio.run(prepare(request, settings or Settings(), None))


def from_store(tmp_path, kept, strategy="ema-trend", documents=(), **asked):
    """What is made of a request on kept candles."""

    async def run():
        store = SqliteStore.open(tmp_path / "sigma.db")
        try:
            for series, candles in kept.items():
                await store.add_candles(series, candles)
            for name, document in documents:
                await store.save_strategy(name, document, 0)
            return await prepare(BacktestRequest(strategy=strategy, **asked), Settings(), store)
        finally:
            await store.close()

    return asyncio.run(run())


def document(**changes):
    """The text of a strategy."""
    return json.dumps(load_strategy("ema-trend").document() | {"name": "Mine"} | changes)


def refusal(*files, **asked):
    """The sentence a request is refused with."""
    with pytest.raises(InputError) as refused:
        prepared(*files, **asked)
    text = str(refused.value)
    assert "\n" not in text
    assert text.endswith((".", "?"))
    return text


def test_a_preset_on_files(btc):
    ready = prepared(btc)
    setup = ready.setup
    assert (setup.name, setup.timeframe, setup.first_ms) == ("ema-trend", Timeframe.M5, START_MS + 200 * BAR_MS)
    assert list(setup.series) == list(setup.instruments) == [BTC]
    assert setup.capital == 10_000
    assert setup.mandate.terms.policy.leverage == load_strategy("ema-trend").leverage
    assert setup.mandate.terms.costs.fee_rate == 0.0008
    assert ready.spec.symbols == (BTC,)
    assert ready.source == "BTCUSDT-5m-walk.csv"
    assert ready.family.startswith("ema-rsi-")
    assert len(ready.data_hash) == 32


def test_two_runs_of_one_request_have_names_of_their_own_and_the_same_data(btc):
    one, other = prepared(btc), prepared(btc)
    assert one.setup.run_id != other.setup.run_id
    assert one.data_hash == other.data_hash


def test_markets_stand_in_the_strategys_order(btc, eth):
    mine = document(symbols=["SOL/USDT", "ETH/USDT", "BTC/USDT"])
    ready = prepared(btc, eth, strategy=mine)
    assert list(ready.setup.series) == [ETH, BTC]
    assert ready.notes[0] == "not in the data, left out: SOL/USDT"
    assert ready.setup.name == "Mine"


def test_only_the_markets_asked_for_are_run(btc, eth):
    ready = prepared(btc, eth, symbols=("eth",))
    assert list(ready.setup.series) == [ETH]
    assert "not asked for, left out: BTC/USDT" in ready.notes


def test_a_strategy_comes_from_a_file_too(btc, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(document(), "utf-8")
    assert prepared(btc, strategy=str(path)).setup.name == "Mine"


def test_the_newest_version_of_a_kept_strategy_is_run(tmp_path, btc):
    ready = from_store(
        tmp_path,
        {},
        strategy="mine",
        documents=[("mine", document(leverage=3)), ("mine", document(leverage=7))],
        files=(btc,),
    )
    assert (ready.setup.name, ready.spec.leverage) == ("mine", 7)


def test_capital_leverage_and_costs_replace_the_settings_own(btc):
    costs = CostChoice(taker_bps=5.0, maker_bps=2.0, slippage_bps=0.0, latency_bars=2)
    ready = prepared(btc, capital=Decimal("250.5"), leverage=9, costs=costs)
    terms = ready.setup.mandate.terms
    assert (ready.setup.capital, terms.policy.leverage, ready.spec.leverage) == (Decimal("250.5"), 9, 9)
    assert (terms.costs.fee_rate, terms.costs.maker_rate, terms.costs.slippage_fraction) == (0.0005, 0.0002, 0.0)
    assert ready.setup.latency_bars == 2
    settings = Settings(paper_balance=Decimal(777), fee_bps=30.0)
    own = prepared(btc, settings=settings).setup
    assert (own.capital, own.mandate.terms.costs.fee_rate) == (777, 0.003)


def test_candles_decide_the_timeframe_whatever_the_strategy_says(tmp_path):
    hours = write(tmp_path / "BTCUSDT-1h-walk.csv", walk(400, bar_ms=3_600_000))
    ready = prepared(hours)
    assert (ready.setup.timeframe, ready.spec.timeframe) == (Timeframe.H1, Timeframe.H1)
    assert ready.notes[0] == "the strategy is made for 5m candles and was run on 1h ones"


def test_rows_that_are_no_candles_are_said(tmp_path):
    file = write(tmp_path / "BTCUSDT-5m-broken.csv", walk(600))
    lines = file.read_text("utf-8").splitlines()
    for line in (100, 200):
        lines[line - 1] = lines[line - 1].rsplit(",", 2)[0] + ",nan,1"
    file.write_text("\n".join(lines), "utf-8")
    said = "BTCUSDT-5m-broken.csv: 2 rows left out, the first in line 100: close is no finite number"
    assert said in prepared(file).notes


def test_a_file_that_does_not_name_itself_is_named_by_the_request(tmp_path):
    plain = write(tmp_path / "walk.csv", walk(600))
    ready = prepared(plain, symbols=("BTC",), timeframe=Timeframe.M5)
    assert list(ready.setup.series) == [BTC]
    assert "--symbol" in refusal(plain, timeframe=Timeframe.M5)


def test_kept_candles_are_run_as_those_of_a_file_are(tmp_path, btc):
    kept = from_store(tmp_path, {Series("import", BTC, Timeframe.M5): walk(600)}, source="import")
    filed = prepared(btc)
    assert kept.data_hash == filed.data_hash
    assert (kept.setup.first_ms, kept.source) == (filed.setup.first_ms, "import")


def test_kept_candles_before_the_start_are_history(tmp_path):
    kept = {Series("binance", BTC, Timeframe.M5): walk(4_000)}
    start_ms = START_MS + 3_500 * BAR_MS
    ready = from_store(tmp_path, kept, source="binance", from_ms=start_ms, to_ms=start_ms + 100 * BAR_MS)
    stamps = ready.setup.series[BTC].open_ms
    assert ready.setup.first_ms == start_ms
    assert (int(stamps[0]), int(stamps[-1])) == (START_MS + 500 * BAR_MS, start_ms + 99 * BAR_MS)


def test_gaps_are_filled_and_said(tmp_path):
    file = write(tmp_path / "BTCUSDT-5m-gap.csv", without(walk(600), 300, 310))
    ready = prepared(file)
    assert len(ready.setup.series[BTC]) == 600
    assert "BTC/USDT: 10 missing candles filled flat at the close before" in ready.notes


def funding_file(folder, name, *stamps):
    path = folder / name
    rows = "\n".join(f"{stamp},0.0001" for stamp in stamps)
    path.write_text(f"timestamp_ms,funding_rate\n{rows}\n", "utf-8")
    return path


def test_funding_rates_of_the_span_are_booked_and_what_is_missing_is_said(btc, eth, tmp_path):
    stamps = [START_MS + number * FUNDING_MS for number in range(-2, 20) if number != 4]
    ready = prepared(btc, eth, funding_files=(funding_file(tmp_path, "BTCUSDT-funding.csv", *stamps),))
    end_ms = START_MS + 600 * BAR_MS
    assert ready.setup.funding == {BTC: {at: 0.0001 for at in stamps if START_MS <= at < end_ms}}
    assert "no funding rates of ETH/USDT: none are booked there" in ready.notes
    assert "BTC/USDT: 1 of 4 funding rates are not in the files, not booked" in ready.notes


def test_funding_can_be_left_out(btc, tmp_path):
    file = funding_file(tmp_path, "BTCUSDT-funding.csv", START_MS)
    assert prepared(btc, funding_files=(file,), costs=CostChoice(funding=False)).setup.funding == {}


def test_minutes_of_the_trading_stand_beside_the_candles(btc, eth, tmp_path):
    minutes = write(tmp_path / "BTCUSDT-1m-walk.csv", walk(3_000, bar_ms=MINUTE_MS))
    ready = prepared(btc, eth, minute_files=(minutes,))
    stamps = ready.setup.minutes[BTC].open_ms
    assert (int(stamps[0]), int(stamps[-1])) == (ready.setup.first_ms, START_MS + 2_999 * MINUTE_MS)
    assert list(ready.setup.minutes) == [BTC]
    assert any(note.startswith("no 1m candles of ETH/USDT") for note in ready.notes)


def test_minutes_with_a_long_hole_stay_and_the_hole_is_told(tmp_path):
    """Two days without minutes leave those before and behind them."""
    candles = write(tmp_path / "BTCUSDT-5m-walk.csv", walk(2_000))
    whole = walk(10_000, bar_ms=MINUTE_MS)
    minutes = write(tmp_path / "BTCUSDT-1m-walk.csv", without(whole, 5_000, 8_000))
    ready = prepared(candles, from_ms=START_MS, minute_files=(minutes,))
    assert len(ready.setup.minutes[BTC]) == 7_000
    assert any(note.startswith("BTC/USDT: 3,000 of 10,000 1m candles are missing") for note in ready.notes)
    complete = prepared(candles, from_ms=START_MS, minute_files=(write(minutes, whole),))
    assert not any("1m candles" in note for note in complete.notes)


def test_kept_minutes_are_used_where_asked_for(tmp_path):
    kept = {
        Series("import", BTC, Timeframe.M5): walk(600),
        Series("import", BTC, Timeframe.M1): walk(3_000, bar_ms=MINUTE_MS),
    }
    with_minutes = from_store(tmp_path, kept, source="import", minutes=True)
    assert len(with_minutes.setup.minutes[BTC]) == 2_000
    assert from_store(tmp_path, {}, source="import").setup.minutes == {}


def test_any_other_candle_rate_or_minute_is_other_data(btc, tmp_path):
    candles = walk(600)
    candles.close[321] += 0.1
    (tmp_path / "other").mkdir()
    other = write(tmp_path / "other" / "BTCUSDT-5m-walk.csv", candles)
    funding = funding_file(tmp_path, "BTCUSDT-funding.csv", START_MS)
    minutes = write(tmp_path / "BTCUSDT-1m-walk.csv", walk(3_000, bar_ms=MINUTE_MS))
    hashes = [
        prepared(btc).data_hash,
        prepared(other).data_hash,
        prepared(btc, funding_files=(funding,)).data_hash,
        prepared(btc, minute_files=(minutes,)).data_hash,
        prepared(btc, to_ms=START_MS + 599 * BAR_MS).data_hash,
    ]
    assert len(set(hashes)) == len(hashes)


def test_costs_do_not_change_the_data(btc):
    assert prepared(btc).data_hash == prepared(btc, costs=CostChoice(taker_bps=1.0)).data_hash


@pytest.mark.parametrize("capital", ["0", "-5", "NaN", "Infinity", "1e12"])
def test_a_capital_that_trades_nothing_is_refused(btc, capital):
    assert "capital" in refusal(btc, capital=Decimal(capital))


def test_an_end_before_the_start_is_refused(btc):
    assert "swap the two" in refusal(btc, from_ms=START_MS + BAR_MS, to_ms=START_MS)
    assert "choose a later end" in refusal(btc, from_ms=START_MS, to_ms=START_MS)


@pytest.mark.parametrize("leverage", [21, 100, 0, -3])
def test_a_leverage_beyond_the_cap_is_refused(btc, leverage):
    assert "leverage" in refusal(btc, leverage=leverage)


def test_the_persons_own_cap_counts(btc):
    with pytest.raises(InputError, match="ask for 8x at most"):
        prepared(btc, leverage=9, settings=Settings(max_leverage=8))


def test_no_candles_at_all_are_refused():
    assert "needs candles" in refusal()


def test_a_span_outside_the_data_is_refused_with_what_there_is(btc):
    assert "2025-06-01 00:00 to 2025-06-03 01:55" in refusal(btc, from_ms=START_MS + 700 * BAR_MS)


def test_a_strategy_none_of_whose_markets_is_there_is_refused(btc):
    said = refusal(btc, strategy=document(symbols=["ETH/USDT", "SOL/USDT"]))
    assert "ETH/USDT, SOL/USDT" in said
    assert "BTC/USDT" in said


def test_a_market_asked_for_that_is_not_there_is_refused(btc):
    assert "ETH/USDT is not in this market" in refusal(btc, symbols=("BTC", "ETH"))


def test_files_of_two_timeframes_are_refused(btc, tmp_path):
    hours = write(tmp_path / "ETHUSDT-1h-walk.csv", walk(400, bar_ms=3_600_000))
    assert "one timeframe" in refusal(btc, hours)


def test_minutes_that_are_none_are_refused(btc, eth):
    assert "needs 1m ones" in refusal(btc, minute_files=(eth,))


def test_a_missing_file_a_column_and_an_operand_nobody_knows_are_refused(btc, tmp_path):
    assert "does not exist" in refusal(tmp_path / "BTCUSDT-5m-none.csv")
    broken = tmp_path / "BTCUSDT-5m-broken.csv"
    broken.write_text("timestamp_ms,open,high,low,price,volume\n1,2,3,4,5,6\n", "utf-8")
    assert "no column close" in refusal(broken)
    assert "rsl" in refusal(btc, strategy=document(entry_long=["rsl(14) > 50"]))


def test_a_strategy_that_can_never_fire_is_refused(btc):
    assert "impossible" in refusal(btc, strategy=document(entry_long=["rsi(14) > 100"]))


def test_a_reading_of_shorter_candles_than_the_data_is_refused(tmp_path):
    hours = write(tmp_path / "BTCUSDT-4h-walk.csv", walk(400, bar_ms=4 * 3_600_000))
    with pytest.raises(SpecError, match="1h"):
        prepared(hours, strategy=document(entry_long=["rsi(14)@1h > 50"]))


def test_a_strategy_nobody_knows_is_refused(btc):
    assert "did you mean 'ema-trend'" in refusal(btc, strategy="ema-trendy")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"source": "binance"}, "there is BTC/USDT 5m from Imported files"),
        ({"source": "import", "timeframe": Timeframe.H1}, "No 1h candle"),
        ({"source": "import", "symbols": ("SOL",)}, "No 5m candle of SOL/USDT"),
        ({"source": "import", "from_ms": START_MS + 900 * BAR_MS}, "2025-06-01 00:00 to 2025-06-03 01:55"),
        ({"source": "import", "to_ms": START_MS - BAR_MS}, "2025-06-01 00:00 to 2025-06-03 01:55"),
    ],
)
def test_kept_candles_that_are_not_there_are_refused_with_those_that_are(tmp_path, asked, said):
    with pytest.raises(DataError) as refused:
        from_store(tmp_path, {Series("import", BTC, Timeframe.M5): walk(600)}, **asked)
    assert said in str(refused.value)


def test_measured_slippage_without_fills_takes_the_fixed_part(tmp_path, btc):
    costs = CostChoice(slippage_model=SlippageModel.MEASURED, slippage_bps=3.0)
    ready = from_store(tmp_path, {}, files=(btc,), costs=costs)
    assert ready.setup.mandate.terms.costs.slippage_fraction == 0.0003
    assert any("own fills" in note for note in ready.notes)


def test_real_files_of_three_markets_are_run_side_by_side(market_data):
    names = [f"{coin}USDT-5m-20250525-20250624.csv.gz" for coin in ("XRP", "BTC", "ETH")]
    files = [market_data / "binance-perp" / name for name in names]
    rates = market_data / "funding" / "BTCUSDT-funding-20230101-20250630.csv.gz"
    setup = prepared(*files, funding_files=(rates,)).setup
    assert list(setup.series) == [BTC, ETH, "XRP/USDT:USDT"]
    for candles in setup.series.values():
        assert (np.diff(candles.open_ms) == BAR_MS).all()
    assert set(setup.funding) == {BTC}
