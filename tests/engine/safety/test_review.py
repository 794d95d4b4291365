"""Every objection is kept, and a rule that breaks objects."""

from dataclasses import replace
from typing import ClassVar

from sigma_engine.catalog import RULES
from sigma_engine.safety.proposal import Layer, Proposal
from sigma_engine.safety.review import guard, review
from tests.engine.safety.samples import PROPOSAL


class Broken:
    layer: ClassVar = Layer.MARKET
    name: ClassVar = "broken"

    def check(self, proposal: Proposal) -> str | None:
        raise ZeroDivisionError


class Objecting:
    layer: ClassVar = Layer.ACCOUNT
    name: ClassVar = "objecting"

    def check(self, proposal: Proposal) -> str | None:
        return "no"


def test_a_sound_proposal_meets_no_objection() -> None:
    assert review(PROPOSAL, RULES) == ()
    assert guard(PROPOSAL, RULES) == ()


def test_every_objection_is_kept_not_only_the_first() -> None:
    halted = replace(PROPOSAL, halted="entries are paused", quality="a candle is missing")
    assert [veto.reason for veto in review(halted, RULES)] == ["entries are paused", "a candle is missing"]


def test_a_broken_rule_vetoes_and_the_others_are_still_asked(caplog: object) -> None:
    assert [veto.rule for veto in review(PROPOSAL, [Broken(), Objecting()])] == ["broken", "objecting"]


def test_order_rules_wait_for_the_sized_order() -> None:
    unsized = replace(PROPOSAL, trade=None)
    assert review(unsized, RULES) == ()
    assert guard(unsized, RULES)
