"""The words say what was earned, what costs took, and never more than the trades show."""

import re

import numpy as np
import pytest

from sigma_engine.backtest.verdict import History, Silence, judge
from sigma_engine.domain.backtest import Luck, Verdict
from tests.engine.backtest.simulated import CAPITAL, Floats, sides, trades

YEAR = 365
LUCK = "not distinguishable from luck"
COST_PER_TRADE = 9.0


def verdict(gross: Floats, days: int = YEAR, costs: float = 0.0, history: History | None = None) -> Verdict:
    return judge(*sides(trades(gross, days, costs), days), history)


def random_walk(seed: int, count: int) -> Floats:
    """Results, USDT, of entering a walk without drift at random, on either side, and leaving a while later."""
    generator = np.random.default_rng(seed)
    price = 100 * np.exp(np.cumsum(generator.normal(0, 0.002, 40 * count)))
    entry, held = 40 * np.arange(count), generator.integers(3, 40, count)
    side = generator.choice((-1, 1), count)
    return side * (price[entry + held] / price[entry] - 1) * 5_000


def planted(seed: int, count: int, sharpe: float = 3.0, costs: float = COST_PER_TRADE) -> Floats:
    """Results, USDT before costs, whose true annual Sharpe ratio is ``sharpe`` after them, over a year."""
    deviation = 60.0
    return np.random.default_rng(seed).normal(sharpe * deviation / count**0.5 + costs, deviation, count)


@pytest.mark.parametrize("costs", [0.0, COST_PER_TRADE], ids=["without costs", "with costs"])
def test_at_least_19_of_20_random_walks_are_not_distinguishable_from_luck(costs: float) -> None:
    texts = [verdict(random_walk(seed, 300), costs=costs).text for seed in range(20)]
    assert sum(LUCK in text for text in texts) >= 19


def test_at_least_16_of_20_planted_edges_are_called_real() -> None:
    texts = [verdict(planted(seed, 300), costs=COST_PER_TRADE).text for seed in range(20)]
    assert sum(re.search(r"\breal\b", text) is not None for text in texts) >= 16


@pytest.mark.parametrize(("count", "days"), [(30, 20), (100, YEAR)])
def test_no_more_than_one_walk_in_twenty_is_called_real(count: int, days: int) -> None:
    """200 walks; 16 would still be within chance of 5 %."""
    real = sum(verdict(random_walk(seed, count), days).luck is Luck.REAL for seed in range(1_000, 1_200))
    assert real <= 16


def test_many_small_wins_and_a_rare_large_loss_are_not_taken_for_an_edge() -> None:
    """Nine wins of one and a loss of nine come to nothing; a run without the loss must not look real."""
    generator = np.random.default_rng(8)
    runs = [np.where(generator.random(40) < 0.9, 10.0, -90.0) + generator.normal(0, 0.5, 40) for _ in range(200)]
    assert sum(verdict(run, 60).luck is Luck.REAL for run in runs) <= 16


@pytest.mark.parametrize(("count", "won"), [(30, 0.95), (30, 0.97), (100, 0.98), (300, 0.995)])
def test_a_loss_that_has_not_come_yet_is_not_taken_for_an_edge(count: int, won: float) -> None:
    """Wins come to nothing against the one large loss that most of these runs have not had."""
    loss = -2.0 * won / (1 - won)
    generator = np.random.default_rng(3)
    runs = [np.where(generator.random(count) < won, 2.0, loss) for _ in range(200)]
    assert sum(verdict(run, 60).luck is Luck.REAL for run in runs) <= 16


@pytest.mark.parametrize(("losses", "words"), [(0, "None of its 40 trades lost"), (2, "Only 2 of its 40 trades lost")])
def test_with_hardly_a_loss_the_words_say_that_it_is_not_known(losses: int, words: str) -> None:
    run = np.full(40, 10.0) + np.random.default_rng(1).normal(0, 0.5, 40)
    run[7 : 7 + losses] = -5.0
    told = verdict(run, 60)
    assert told.luck is Luck.LUCK
    assert words in told.text


def drawn(seed: int, mean: float, count: int = 200) -> Floats:
    """Results whose mean is exactly ``mean``, their deviation 50."""
    sample = np.random.default_rng(seed).normal(0, 50, count)
    return sample - sample.mean() + mean


CASES = {
    "real": (drawn(1, 15), 0.0, "The gain looks real"),
    "weak gain": (drawn(1, 3), 0.0, "This gain is not distinguishable from luck"),
    "costs turned it": (drawn(1, 3), 9.0, "Costs made the loss; before them the result is not"),
    "right but too dear": (drawn(1, 12), 20.0, "right more often than chance explains, but not by what it costs"),
    "loss by chance": (drawn(1, -3), 0.0, "The loss is not distinguishable from luck"),
    "loss made by costs": (drawn(1, -2), 9.0, "Costs made the loss what it is; before them"),
    "loss beyond chance": (drawn(1, -15), 0.0, "It lost more than chance explains before any cost"),
    "too few": (drawn(1, 15, 29), 0.0, "30 trades are the least"),
    "a single lucky trade": (np.array([5_000.0]), 0.0, "30 trades are the least"),
    "no trade": (np.empty(0), 0.0, "No trade in 365 days"),
}


@pytest.mark.parametrize(("gross", "costs", "words"), CASES.values(), ids=CASES)
def test_each_case_has_its_words_and_luck_and_real_never_meet(gross: Floats, costs: float, words: str) -> None:
    told = verdict(gross, costs=costs)
    assert words in told.text
    assert ("real" in told.text) == (told.luck is Luck.REAL)
    assert (LUCK in told.text) == (told.luck is not Luck.REAL)


def test_the_words_begin_with_what_was_earned_then_what_costs_took() -> None:
    text = verdict(drawn(1, 15), costs=10.0).text
    assert text.startswith(
        "It earned 10.00 % (+1,000.00 USDT) in 365 days with 200 trades. "
        "Costs took 2,000.00 USDT, 67 % of the 3,000.00 before them. "
    )


def test_a_loss_before_costs_is_said_to_be_one() -> None:
    text = verdict(drawn(1, -15), costs=2.0).text
    assert text.startswith(
        "It lost 34.00 % (−3,400.00 USDT) in 365 days with 200 trades. "
        "Costs took 400.00 USDT; before them it would have lost 3,000.00. "
    )


def test_without_a_trade_the_words_say_what_stopped_the_signals() -> None:
    silence = Silence(signals=40, refusals={"edge gate": 30, "daily_loss": 10})
    text = judge(*sides((), 30), silence=silence).text
    assert text.startswith("No trade in 30 days: 40 signals came to nothing (most often: edge gate, 30 times).")


def test_a_gain_too_weak_to_tell_says_how_long_it_would_take() -> None:
    assert re.search(r"it would take about [\d,]+ days to tell", verdict(drawn(1, 3)).text)


def test_many_tries_are_held_against_a_gain_and_do_not_change_its_class() -> None:
    spread = list(np.random.default_rng(0).normal(0, 0.08, 36))
    alone, best_of_many = verdict(drawn(1, 12)), verdict(drawn(1, 12), history=History(runs=36, sharpes=spread))
    assert alone.deflated_sharpe == alone.probabilistic_sharpe
    assert best_of_many.luck is alone.luck is Luck.REAL
    assert best_of_many.deflated_sharpe < 0.95 < best_of_many.probabilistic_sharpe
    chance = f"{100 * best_of_many.deflated_sharpe:.0f} %"
    assert f"after 37 tries of this family the chance that it is real falls to {chance}" in best_of_many.text


def test_running_the_same_again_takes_nothing_away() -> None:
    once = verdict(drawn(1, 12))
    values = [float(CAPITAL), *(value for _, value in sides(trades(drawn(1, 12), YEAR), YEAR)[1].daily)]
    daily = np.diff(values) / values[:-1]
    again = verdict(drawn(1, 12), history=History(runs=9, sharpes=[daily.mean() / daily.std(ddof=1)] * 9))
    assert again.trials == 10
    assert again.deflated_sharpe == pytest.approx(once.probabilistic_sharpe)


def test_tries_whose_ratios_are_lost_still_count() -> None:
    known, forgotten = (verdict(drawn(1, 12), history=History(runs=runs)) for runs in (0, 50))
    assert forgotten.deflated_sharpe < known.deflated_sharpe


def test_equal_trades_are_no_division_by_zero() -> None:
    assert verdict(np.full(50, 1.0)).luck in Luck
