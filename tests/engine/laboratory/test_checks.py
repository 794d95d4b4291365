"""The two checks: an honest strategy passes, one that peeks or never warms up is found out."""

import numpy as np
import pytest

from sigma_engine.domain.backtest import BacktestRequest
from tests.engine.laboratory.lab_samples import BAR_MS, BTC, START_MS, bench, in_laboratory, rose, walk, write


@pytest.fixture
def btc(tmp_path):
    return write(tmp_path / "BTCUSDT-5m-walk.csv", walk(1_500))


def checked(tmp_path, check, rises, *files, **asked):
    """What a check says of an engine whose entries ``rises`` decides."""

    async def scenario(lab):
        trial = await lab.run(BacktestRequest(strategy="ema-trend", files=files, **asked))
        return await getattr(lab, check)(trial.summary.trial_id)

    return in_laboratory(tmp_path / "home", scenario, bench(rises))


def peeks(closes, at):
    """The close three candles on is higher."""
    return at + 3 < len(closes) and bool(closes[at + 3] > closes[at])


def knows_the_next_close(closes, at):
    """The next close is higher: the shortest look ahead there is."""
    return at + 1 < len(closes) and bool(closes[at + 1] > closes[at])


def knows_the_end(closes, at):
    """It rose, and the last close there is lies above: what a figure over the whole file does."""
    return rose(closes, at) and bool(closes[-1] > closes[at])


def above_the_mean_of_all(closes, at):
    """The close is above the mean of all closes since the data began."""
    return bool(closes[at] > np.mean(closes[: at + 1]))


def never(closes, at):
    return False


def test_an_honest_strategy_sees_no_future(tmp_path, btc):
    check = checked(tmp_path, "check_look_ahead", rose, btc)
    assert (check.name, check.passed) == ("look-ahead", True)
    assert len(check.details) == 10
    assert all("are the same" in detail for detail in check.details)


@pytest.mark.parametrize("rises", [peeks, knows_the_next_close, knows_the_end])
def test_a_strategy_that_peeks_is_found_out(tmp_path, btc, rises):
    check = checked(tmp_path, "check_look_ahead", rises, btc)
    assert not check.passed
    assert "saw the future" in check.text


def test_a_strategy_without_trades_is_compared_by_its_account(tmp_path, btc):
    check = checked(tmp_path, "check_look_ahead", never, btc)
    assert check.passed
    assert len(check.details) == 5


def test_a_strategy_with_a_short_memory_needs_no_more_history(tmp_path, btc):
    start_ms = START_MS + 600 * BAR_MS
    check = checked(tmp_path, "check_warm_up", rose, btc, from_ms=start_ms)
    assert (check.name, check.passed) == ("warm-up", True)
    assert [detail.partition(" candles")[0] for detail in check.details] == ["with 300"], "there are 600 before it"


def test_twice_the_history_is_tried_where_there_is_some(tmp_path):
    long = write(tmp_path / "BTCUSDT-5m-long.csv", walk(7_500))
    check = checked(tmp_path, "check_warm_up", rose, long, from_ms=START_MS + 6_500 * BAR_MS)
    assert check.passed
    assert [detail.partition(" candles")[0] for detail in check.details] == ["with 1,500", "with 6,000"]


def test_a_strategy_that_remembers_everything_is_found_out(tmp_path, btc):
    check = checked(tmp_path, "check_warm_up", above_the_mean_of_all, btc, from_ms=START_MS + 600 * BAR_MS)
    assert not check.passed
    assert "600 candles of history are not enough" in check.text


def test_without_history_there_is_nothing_to_vary(tmp_path, btc):
    check = checked(tmp_path, "check_warm_up", rose, btc, from_ms=START_MS)
    assert not check.passed
    assert "begin later" in check.text


def test_several_markets_are_checked_together(tmp_path, btc):
    eth = write(tmp_path / "ETHUSDT-5m-walk.csv", walk(900, seed=9, price=2_500.0, first=600))
    assert checked(tmp_path, "check_look_ahead", rose, btc, eth).passed
    assert not checked(tmp_path, "check_look_ahead", knows_the_end, btc, eth).passed


def test_a_check_can_be_told_of(tmp_path, btc):
    told = []

    async def scenario(lab):
        trial = await lab.run(BacktestRequest(strategy="ema-trend", files=(btc,)))
        await lab.check_look_ahead(trial.summary.trial_id, told.append)
        return await lab.trial_candles(trial.summary.trial_id, BTC)

    assert len(in_laboratory(tmp_path / "home", scenario)) == 1_500
    assert told[-1].share == 1.0
    shares = [progress.share for progress in told]
    assert shares == sorted(shares)
