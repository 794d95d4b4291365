"""The window's hold on the laboratory: opened late and once, one run at a time, nothing left when it closes."""

import asyncio

import pytest

from sigma_desktop.bridge.asking import Asking
from sigma_desktop.bridge.bench import BUSY, NOTHING_YET, Bench
from sigma_desktop.loop import SigmaLoop
from sigma_engine import BacktestRequest, InputError, Progress
from tests.desktop.laboratories import Opening, SmallLaboratory

REQUEST = BacktestRequest(strategy="ema-trend", source="binance")


class Heard:
    """What the bench told, in order."""

    def __init__(self, bench: Bench) -> None:
        self.told: list[tuple[str, object]] = []
        for name in ("started", "progressed", "finished", "failed", "refused"):
            getattr(bench, name).connect(lambda what, name=name: self.told.append((name, what)))
        for name in ("cancelled", "historyChanged", "trialsChanged"):
            getattr(bench, name).connect(lambda name=name: self.told.append((name, None)))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.told]


@pytest.fixture
def laboratory(loop: SigmaLoop) -> SmallLaboratory:
    return SmallLaboratory()


@pytest.fixture
def opening(laboratory: SmallLaboratory) -> Opening:
    return Opening(laboratory)


@pytest.fixture
def bench(opening: Opening) -> Bench:
    return Bench(opening)


async def settled(bench: Bench) -> None:
    """Until everything asked of the bench has ended."""
    while bench._errands:
        await asyncio.gather(*bench._errands, return_exceptions=True)
        await asyncio.sleep(0)


async def test_nothing_is_opened_before_it_is_needed(loop: SigmaLoop, bench: Bench, opening: Opening) -> None:
    await bench.close()
    assert opening.opened == 0


async def test_whoever_asks_first_opens_it_and_all_share_it(loop: SigmaLoop, bench: Bench, opening: Opening) -> None:
    answers: list[object] = []
    bench.ask(lambda lab: lab.history(), answers.append)
    bench.ask(lambda lab: lab.strategies(), answers.append)
    await settled(bench)
    assert (len(answers), opening.opened) == (2, 1)
    await bench.close()
    assert opening.laboratory.closed == 1


async def test_a_run_is_told_from_its_start_to_its_trial(loop: SigmaLoop, bench: Bench) -> None:
    heard = Heard(bench)
    bench.run(REQUEST)
    assert bench.is_running
    await settled(bench)
    assert heard.names == ["started", "progressed", "trialsChanged", "finished"]
    assert heard.told[0][1] == REQUEST
    assert heard.told[1][1] == Progress(0.25, 30.0, "BTC/USDT")
    assert heard.told[3][1].request == REQUEST  # type: ignore[attr-defined]
    assert not bench.is_running
    await bench.close()


async def test_a_second_run_is_refused_in_a_sentence_and_the_first_goes_on(
    loop: SigmaLoop, bench: Bench, laboratory: SmallLaboratory
) -> None:
    laboratory.waits, heard = True, Heard(bench)
    bench.run(REQUEST)
    await laboratory.running.wait()
    bench.run(BacktestRequest(strategy="rsi-oversold"))
    assert ("refused", BUSY) in heard.told
    laboratory.go_on.set()
    await settled(bench)
    assert laboratory.requests == [REQUEST]
    assert "finished" in heard.names
    await bench.close()


async def test_a_cancelled_run_stops_in_the_laboratory_and_says_so_once(
    loop: SigmaLoop, bench: Bench, laboratory: SmallLaboratory
) -> None:
    laboratory.waits, heard = True, Heard(bench)
    bench.run(REQUEST)
    await laboratory.running.wait()
    bench.cancel()
    await settled(bench)
    assert laboratory.stopped == 1
    assert heard.names == ["started", "progressed", "cancelled"]
    assert not bench.is_running
    await bench.close()


async def test_a_run_cancelled_before_it_began_is_told_as_cancelled(loop: SigmaLoop, bench: Bench) -> None:
    heard = Heard(bench)
    bench.run(REQUEST)
    bench.cancel()
    await settled(bench)
    assert heard.names == ["started", "cancelled"]
    bench.run(REQUEST)
    await settled(bench)
    assert heard.names[-1] == "finished"
    await bench.close()


async def test_a_refused_run_is_told_with_the_engines_sentence(
    loop: SigmaLoop, bench: Bench, laboratory: SmallLaboratory
) -> None:
    laboratory.refusal, heard = InputError("There is no data in this range: choose another."), Heard(bench)
    bench.run(REQUEST)
    await settled(bench)
    assert heard.told[-1] == ("failed", "There is no data in this range: choose another.")
    assert not bench.is_running
    await bench.close()


async def test_what_was_run_last_is_run_again(loop: SigmaLoop, bench: Bench, laboratory: SmallLaboratory) -> None:
    heard = Heard(bench)
    bench.run_again()
    assert heard.told == [("refused", NOTHING_YET)]
    bench.run(REQUEST)
    await settled(bench)
    bench.run_again()
    await settled(bench)
    assert laboratory.requests == [REQUEST, REQUEST]
    await bench.close()


async def test_a_failed_opening_is_told_and_tried_anew(loop: SigmaLoop, bench: Bench, opening: Opening) -> None:
    refusals: list[str] = []
    answers: list[object] = []
    opening.refusal = InputError("The data folder cannot be read; check its permissions.")
    bench.ask(lambda lab: lab.history(), answers.append, refusals.append)
    await settled(bench)
    opening.refusal = None
    bench.ask(lambda lab: lab.history(), answers.append, refusals.append)
    await settled(bench)
    assert refusals == ["The data folder cannot be read; check its permissions."]
    assert (len(answers), opening.opened) == (1, 2)
    await bench.close()


async def test_an_error_nobody_expected_is_told_and_the_bench_is_free_again(
    loop: SigmaLoop, bench: Bench, laboratory: SmallLaboratory
) -> None:
    laboratory.refusal, heard = ZeroDivisionError("nothing to divide by"), Heard(bench)  # type: ignore[assignment]
    bench.run(REQUEST)
    await settled(bench)
    name, sentence = heard.told[-1]
    assert name == "failed"
    assert "nothing to divide by" in str(sentence)
    assert not bench.is_running
    await bench.close()


async def test_closing_stops_what_runs_tells_nobody_and_closes_once(
    loop: SigmaLoop, bench: Bench, laboratory: SmallLaboratory
) -> None:
    laboratory.waits = True
    bench.run(REQUEST)
    await laboratory.running.wait()
    heard = Heard(bench)
    await bench.close()
    await bench.close()
    assert (laboratory.stopped, laboratory.closed, heard.names) == (1, 1, [])


async def test_a_later_question_of_the_same_name_takes_the_place_of_the_earlier(loop: SigmaLoop, bench: Bench) -> None:
    asking, answers = Asking(bench), list[object]()
    asking.ask("names", lambda lab: lab.history(), answers.append, answers.append)
    asking.ask("names", lambda lab: lab.strategies(), answers.append, answers.append)
    assert asking.is_open("names")
    await settled(bench)
    assert not asking.is_open("names")
    assert len(answers) == 1
    assert "ema-trend" in answers[0]  # type: ignore[operator]
    asking.ask("more", lambda lab: lab.strategies(), answers.append, answers.append)
    asking.end()
    await settled(bench)
    assert len(answers) == 1
    await bench.close()
