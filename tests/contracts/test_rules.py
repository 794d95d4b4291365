"""What every safety rule owes: it passes what is sound, objects in words, and is pure."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest

from sigma_engine.catalog import RULES
from sigma_engine.safety.proposal import Layer, Proposal, Rule
from tests.engine.safety.samples import BTC, ETH, NOON_MS, PORTFOLIO, PROPOSAL, SIGNAL, TRADE, position

SPOILED: dict[str, tuple[Proposal, str]] = {
    "engine active": (replace(PROPOSAL, halted="entries are paused"), "entries are paused"),
    "data quality": (replace(PROPOSAL, signal=replace(SIGNAL, atr=math.nan)), "has not moved"),
    "trades per day": (replace(PROPOSAL, portfolio=replace(PORTFOLIO, trades_today=3)), "3 of 3 trades taken today"),
    "cooldown": (replace(PROPOSAL, last_exit_ms=NOON_MS - 300_000), "cooling down for 5 more minutes"),
    "daily loss": (
        replace(PROPOSAL, portfolio=replace(PORTFOLIO, wallet=Decimal(9_500))),
        "down 5.00% today, the limit is 5.00%",
    ),
    "one position": (
        replace(PROPOSAL, portfolio=replace(PORTFOLIO, positions=(position(BTC),))),
        "BTC/USDT is already held long",
    ),
    "open positions": (
        replace(
            PROPOSAL, portfolio=replace(PORTFOLIO, positions=(position(ETH),)), reserved_symbols=frozenset({"SOL"})
        ),
        "2 of 2 positions are open",
    ),
    "stop before liquidation": (
        replace(PROPOSAL, trade=replace(TRADE, stop_distance=20_000.0)),
        "the stop is 20.00% away",
    ),
    "risk cap": (replace(PROPOSAL, trade=replace(TRADE, risk=Decimal(201))), "it risks 2.01% of equity"),
}


@pytest.fixture(params=RULES, ids=lambda rule: rule.name)
def rule(request: pytest.FixtureRequest) -> Rule:
    return request.param


def test_it_lets_a_sound_proposal_pass(rule: Rule) -> None:
    assert rule.check(PROPOSAL) is None


def test_it_objects_in_words_to_what_it_is_there_for(rule: Rule) -> None:
    proposal, words = SPOILED[rule.name]
    assert words in (rule.check(proposal) or "")


def test_it_is_pure(rule: Rule) -> None:
    proposal, _ = SPOILED[rule.name]
    assert rule.check(proposal) == rule.check(proposal)


def test_names_are_unique_and_layers_stand_in_their_order() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    order = list(Layer)
    places = [order.index(rule.layer) for rule in RULES]
    assert places == sorted(places)
    assert set(order) == {rule.layer for rule in RULES}
