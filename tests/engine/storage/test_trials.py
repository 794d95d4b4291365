"""Trials are counted for ever, their results as long as a person wants."""

import asyncio
from dataclasses import replace

import pytest

from sigma_engine.domain.backtest import Engine, Luck, TrialSummary
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import StorageError
from sigma_engine.storage.trials import StoredTrial, Tries
from tests.engine.storage.storage_samples import START_MS, opened

SUMMARY = TrialSummary(
    trial_id="trial-1",
    number=1,
    created_ms=START_MS,
    family="ema-cross-0a1b2c3d",
    strategy="ema-trend",
    symbols=("BTC/USDT:USDT", "ETH/USDT:USDT"),
    timeframe=Timeframe.M5,
    source="BTCUSDT-5m-2023.csv.gz",
    engine=Engine.COMPILED,
    from_ms=START_MS,
    to_ms=None,
    data_hash="00ff",
    trades=31,
    total_return_pct=-1.25,
    max_drawdown_pct=-4.5,
    sharpe=0.7,
    profit_factor=None,
    luck=Luck.LUCK,
    note="",
)


def trial(number, **changes):
    """The ``number``-th trial of a folder."""
    summary = replace(SUMMARY, trial_id=f"trial-{number}", number=number, created_ms=START_MS + number)
    return StoredTrial(
        summary=replace(summary, **changes), document='{"version": 1}', request="{}", result=b"\x00result\xff"
    )


def with_trials(tmp_path, scenario, *kept):
    """What ``scenario`` of a store with the trials ``kept`` returns."""

    async def run():
        async with opened(tmp_path / "sigma.db") as store:
            for each in kept:
                await store.add_trial(each)
            return await scenario(store)

    return asyncio.run(run())


def test_a_trial_comes_back_as_it_was_kept(tmp_path):
    kept = trial(1, note="first try", sharpe=None)
    found = with_trials(tmp_path, lambda store: store.trial("trial-1"), kept)
    assert (found.summary, found.document, found.request, found.result) == (
        kept.summary, kept.document, kept.request, kept.result,
    )  # fmt: skip


def test_there_is_no_trial_of_a_name_nobody_gave(tmp_path):
    assert with_trials(tmp_path, lambda store: store.trial("nothing")) is None


def same_number(number):
    """A trial whose maker believes to be the 77th."""
    kept = trial(number)
    return replace(kept, summary=replace(kept.summary, number=77))


def test_the_store_numbers_trials_itself(tmp_path):
    async def scenario(store):
        return [await store.add_trial(same_number(number)) for number in (1, 2, 3)], await store.trials()

    numbers, listed = with_trials(tmp_path, scenario)
    assert numbers == [1, 2, 3]
    assert [summary.number for summary in listed] == [3, 2, 1], "newest first"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", [4, 3, 2, 1]),
        ("EMA", [4, 1]),
        ("sol", [2]),
        ("promising", [3]),
        ("binance", [4]),
        ("ema binance", [4]),
        ("100%", [2]),
        ("1_0%", []),
        ("%", [2]),
        ("rsi-oversold nothing", []),
    ],
)
def test_a_search_looks_in_strategy_symbols_note_and_source(tmp_path, search, found):
    kept = (
        trial(1),
        trial(2, strategy="rsi-oversold", symbols=("SOL/USDT:USDT",), note="100% in"),
        trial(3, strategy="fusion", note="Promising"),
        trial(4, source="binance"),
    )
    listed = with_trials(tmp_path, lambda store: store.trials(search), *kept)
    assert [summary.number for summary in listed] == found


def test_a_trial_that_cannot_be_kept_is_refused_and_never_lost_in_silence(tmp_path, caplog):
    async def scenario(store):
        with pytest.raises(StorageError):
            await store.add_trial(trial(1, note="another of the same name"))
        return [kept.note for kept in await store.trials()]

    assert with_trials(tmp_path, scenario, trial(1)) == [""]
    assert "a transaction" in caplog.text


def test_a_note_is_written_beside_a_trial(tmp_path):
    async def scenario(store):
        assert await store.annotate_trial("trial-1", "look at March")
        assert not await store.annotate_trial("trial-9", "nobody")
        return await store.trials()

    assert [summary.note for summary in with_trials(tmp_path, scenario, trial(1))] == ["look at March"]


def test_a_deleted_trial_still_counts_in_its_family(tmp_path):
    async def scenario(store):
        assert await store.delete_trial("trial-2")
        assert not await store.delete_trial("trial-2"), "it is gone already"
        number = await store.add_trial(trial(4))
        return number, await store.trials(), await store.trial("trial-2"), await store.tries(SUMMARY.family)

    kept = (trial(1, sharpe=0.5), trial(2, sharpe=2.5), trial(3, family="other", sharpe=9.0))
    number, listed, deleted, tries = with_trials(tmp_path, scenario, *kept)
    assert number == 4, "no number is given twice"
    assert [summary.number for summary in listed] == [4, 3, 1]
    assert deleted is None
    assert tries == Tries(3, (0.5, 2.5, 0.7))


def test_a_trial_without_a_sharpe_ratio_is_a_try_too(tmp_path):
    kept = (trial(1, sharpe=None), trial(2, sharpe=1.0))
    assert with_trials(tmp_path, lambda store: store.tries(SUMMARY.family), *kept) == Tries(2, (1.0,))
