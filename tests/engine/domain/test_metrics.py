"""Every figure is explained once, and what is explained exists."""

import dataclasses

import pytest

from sigma_engine.domain.metrics import METRICS, MetricInfo, Metrics

FIRST_PAGE = [
    "initial_balance", "final_balance", "total_return_pct", "duration_days", "trades", "win_rate_pct", "average_win",
    "average_loss", "largest_win", "largest_loss", "profit_factor", "sharpe", "max_drawdown_pct", "recovery_factor",
    "calmar", "average_duration_min", "average_slippage_pct", "fill_rate_pct", "false_signals_pct",
]  # fmt: skip


def test_every_figure_has_exactly_one_row_in_the_order_they_are_shown() -> None:
    assert [info.name for info in METRICS] == [field.name for field in dataclasses.fields(Metrics)]


def test_the_first_page_is_what_traders_look_at_first() -> None:
    assert [info.name for info in METRICS if info.first_page] == FIRST_PAGE


@pytest.mark.parametrize("info", METRICS, ids=lambda info: info.name)
def test_a_definition_is_a_sentence_or_two_and_the_unit_fits_the_name(info: MetricInfo) -> None:
    assert info.title
    assert info.definition[0].isupper()
    assert info.definition.endswith(".")
    assert info.definition.count(". ") <= 1
    assert info.better in (-1, 0, 1)
    assert (info.unit == "%") == info.name.endswith("_pct")
    assert (info.unit == "days") == info.name.endswith("_days")


def test_no_two_figures_share_a_title() -> None:
    assert len({info.title for info in METRICS}) == len(METRICS)
