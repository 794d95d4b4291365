"""What a person chooses to pay, as an engine books it."""

import pytest

from sigma_engine import VENUE_FEES
from sigma_engine.domain.backtest import CostChoice, SlippageModel
from sigma_engine.errors import InputError
from sigma_engine.laboratory.costs import costs_of, own_costs
from sigma_engine.risk.costs import Costs, Slippage
from sigma_engine.settings import Settings

SETTINGS = Settings(fee_bps=6.0, slippage_bps=2.0, spread_bps=3.0)
NOTHING = Slippage()
ENOUGH = Slippage(30, 12.0, 40_000.0)
"""30 fills that cost 3 bp on average."""


def test_without_a_choice_the_settings_count():
    assert costs_of(own_costs(SETTINGS), NOTHING) == (Costs(0.0006, 0.0002, 0.0003), ())


def test_a_choice_replaces_the_settings_whole():
    chosen = CostChoice(taker_bps=4.5, maker_bps=1.5, slippage_bps=2.0, spread_bps=1.0)
    costs, notes = costs_of(chosen, NOTHING)
    assert costs == Costs(0.00045, 0.0002, 0.0001, 0.00015, 0.0)
    assert notes == ()


def test_the_share_of_the_range_counts_with_volatility_alone():
    by_range = CostChoice(slippage_model=SlippageModel.VOLATILITY, slippage_range_share=0.05)
    assert costs_of(by_range, NOTHING)[0].slippage_range_share == 0.05
    assert costs_of(CostChoice(slippage_range_share=0.05), NOTHING)[0].slippage_range_share == 0.0


def test_measured_slippage_is_the_mean_of_own_fills_beyond_half_the_spread():
    chosen = CostChoice(slippage_model=SlippageModel.MEASURED, slippage_bps=9.0, spread_bps=2.0)
    costs, notes = costs_of(chosen, ENOUGH)
    assert costs.slippage_fraction == pytest.approx(0.0002)
    assert costs.adverse_fraction == pytest.approx(0.0003)
    assert notes == ("slippage of 2.00 bp measured over 30 own fills",)


def test_too_few_own_fills_measure_nothing_and_that_is_said():
    chosen = CostChoice(slippage_model=SlippageModel.MEASURED, slippage_bps=9.0)
    costs, notes = costs_of(chosen, Slippage(29, 12.0, 40_000.0))
    assert costs.slippage_fraction == 0.0009
    assert "29 own fills are too few" in notes[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"taker_bps": -1.0},
        {"taker_bps": float("nan")},
        {"maker_bps": 101.0},
        {"slippage_bps": float("inf")},
        {"spread_bps": -0.1},
        {"latency_bars": -1},
        {"latency_bars": 101},
        {"slippage_range_share": 2.0},
    ],
)
def test_an_impossible_cost_is_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(InputError, match=name):
        costs_of(CostChoice(**wrong), NOTHING)


def test_the_first_venue_charges_what_is_assumed_without_a_choice():
    weex, *others = VENUE_FEES
    assert (weex.taker_bps, CostChoice().taker_bps) == (8.0, 8.0)
    assert all(venue.maker_bps < venue.taker_bps for venue in (weex, *others))
