from dataclasses import replace
from decimal import Decimal

import pytest

from sigma_desktop.bridge.metrics import Scoreboard
from sigma_desktop.bridge.trail import Trail
from sigma_desktop.models.figures import UNDEFINED, Costs, Figure, figures
from sigma_desktop.theme.tokens import Token
from sigma_engine import Trade
from tests.desktop.market import trade

GOLDEN = ("20", "-10", "15", "-30", "10", "5", "-20", "40", "-5", "10")
"""Won six of ten, profit factor 1.5384615385, mean 3.5."""


def shown(closed: list[Trade]) -> dict[str, Figure]:
    metrics = Scoreboard(Decimal(1000)).update(Trail(closed), Trail())
    return {figure.title: figure for figure in figures(metrics, Costs().plus(closed))}


def test_the_golden_trades() -> None:
    read = shown([trade(number, pnl) for number, pnl in enumerate(GOLDEN)])
    texts = {title: figure.text for title, figure in read.items()}
    assert texts["Trades"] == "10"
    assert texts["Win rate"] == "60.0%"
    assert texts["Profit factor"] == "1.54"
    assert texts["Expectancy"] == "+3.50"
    assert "6 of 10" in read["Win rate"].explanation


def test_before_the_first_trade_nothing_is_claimed() -> None:
    read = shown([])
    for title in ("Win rate", "Profit factor", "Expectancy", "Cost share"):
        assert (read[title].text, read[title].token) == (UNDEFINED, Token.T2)
        assert "no trade is closed yet" in read[title].explanation


def test_without_a_loss_there_is_no_profit_factor_and_the_reason_is_told() -> None:
    factor = shown([trade(1, "5")])["Profit factor"]
    assert factor.text == UNDEFINED
    assert "no trade has lost yet" in factor.explanation


def test_costs_are_fees_and_slippage_less_funding_received() -> None:
    closed = replace(trade(1, "7.5"), fees=Decimal("2"), slippage=Decimal("1"), funding=Decimal("0.5"))
    costs = Costs().plus([closed])
    assert (costs.fees, costs.paid) == (Decimal("2"), Decimal("2.5"))
    assert costs.share == pytest.approx(0.25)


def test_costs_add_up_however_the_trades_come() -> None:
    closed = [trade(number, pnl) for number, pnl in enumerate(GOLDEN)]
    assert Costs().plus(closed) == Costs().plus(closed[:4]).plus(closed[4:])


def test_a_run_that_lost_before_costs_has_no_cost_share() -> None:
    share = shown([trade(1, "-50")])["Cost share"]
    assert share.text == UNDEFINED
    assert "before costs the trades made no profit" in share.explanation


def test_costs_beyond_the_whole_profit_are_alarming() -> None:
    share = shown([replace(trade(1, "-2"), fees=Decimal(4), slippage=Decimal(0), funding=Decimal(0))])["Cost share"]
    assert (share.text, share.token) == ("200%", Token.DOWN)


def test_every_figure_explains_itself() -> None:
    assert all(len(figure.explanation) > 20 for figure in shown([trade(1, "5"), trade(2, "-3")]).values())
