"""Runs side by side: the best of each figure by its own sense, and only the settings that differ."""

from dataclasses import replace
from decimal import Decimal

from sigma_desktop.models import comparison
from sigma_desktop.models.cells import Cell, Kind
from sigma_engine import CostChoice, Luck, MetricInfo, Trial
from tests.desktop import trials

MORE = MetricInfo("total_return_pct", "Return", "%", 2, "Final over initial balance.", better=1)
LESS = MetricInfo("fees", "Fees", "USDT", 2, "Paid to the exchange.", better=-1)
NEITHER = MetricInfo("trades", "Trades", "", 0, "Opened and closed.")
OFTEN_UNDEFINED = MetricInfo("profit_factor", "Profit factor", "", 2, "Wins over losses.", better=1)


def with_metrics(trial: Trial, **changes: object) -> Trial:
    return replace(trial, result=replace(trial.result, metrics=replace(trial.result.metrics, **changes)))


def runs() -> list[Trial]:
    one = with_metrics(trials.trial(3), total_return_pct=4.0, fees=50.0, trades=80, profit_factor=None)
    other = with_metrics(trials.trial(5, Luck.REAL), total_return_pct=6.5, fees=90.0, trades=90, profit_factor=1.4)
    return [one, other]


def cells(title: str, told: list[comparison.Line]) -> list[Cell]:
    (line,) = [line for line in told if line.title == title]
    return list(line.cells)


def texts(title: str, told: list[comparison.Line]) -> list[str]:
    return [cell.text for cell in cells(title, told)]


def test_the_best_has_the_word_as_well_as_the_colour_in_the_figures_own_sense() -> None:
    told = comparison.lines(runs(), [MORE, LESS])
    assert texts("Return", told) == ["+4.00%", "best  +6.50%"]
    assert texts("Fees", told) == ["best  50.00", "90.00"]


def test_nothing_is_best_where_neither_is_better_where_all_are_equal_or_one_alone_is_known() -> None:
    told = comparison.lines(runs(), [NEITHER, OFTEN_UNDEFINED])
    assert texts("Trades", told) == ["80", "90"]
    assert texts("Profit factor", told) == ["n/a", "1.40"]
    same = [trials.trial(3), trials.trial(4)]
    assert "best" not in "".join(texts("Return", comparison.lines(same, [MORE])))


def test_two_that_are_equally_best_both_say_so() -> None:
    third = with_metrics(trials.trial(6), total_return_pct=6.5)
    told = comparison.lines([*runs(), third], [MORE])
    assert texts("Return", told) == ["+4.00%", "best  +6.50%", "best  +6.50%"]


def test_only_settings_that_differ_are_listed_by_their_path_in_words() -> None:
    one, other = runs()
    farther = trials.DOCUMENT | {"take_profit": {"type": "rr", "value": 3.0}}
    other = replace(
        trials.trial(5, document=farther),
        request=replace(other.request, capital=Decimal(20_000), costs=CostChoice(taker_bps=5.0)),
    )
    told = comparison.lines([one, other], [])
    at = [line.title for line in told].index("What differs between them")
    assert {line.title: [cell.text for cell in line.cells] for line in told[at + 1 :]} == {
        "capital": ["10000", "20000"],
        "costs taker bps": ["8", "5"],
        "take profit value": ["2.5", "3"],
    }


def test_other_data_of_the_same_market_is_a_difference() -> None:
    one, other = trials.trial(3), trials.trial(5, data_hash="b" * 64)
    assert texts("data", comparison.lines([one, other], [])) == ["aaaaaaaa", "bbbbbbbb"]


def test_runs_that_differ_in_nothing_say_so() -> None:
    assert comparison.lines([trials.trial(3), trials.trial(4)], [])[-1].title == comparison.NONE_DIFFERS


def test_a_column_is_headed_by_its_place_and_the_runs_number() -> None:
    told = comparison.columns(runs())
    assert [column.title for column in told] == ["", "1 · run 3", "2 · run 5"]
    assert [told[at + 1].cell(comparison.lines(runs(), [])[1]).kind for at in range(2)] == [Kind.PILL, Kind.PILL]
