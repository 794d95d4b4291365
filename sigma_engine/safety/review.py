"""Asks every rule and keeps every objection; a rule that breaks objects."""

import logging
from collections.abc import Sequence

from sigma_engine.domain.decision import Veto
from sigma_engine.safety.proposal import Layer, Proposal, Rule

log = logging.getLogger(__name__)


def review(proposal: Proposal, rules: Sequence[Rule]) -> tuple[Veto, ...]:
    """Objections to the entry itself, before it is sized."""
    return _ask_all(proposal, [rule for rule in rules if rule.layer is not Layer.ORDER])


def guard(proposal: Proposal, rules: Sequence[Rule]) -> tuple[Veto, ...]:
    """Objections to the concrete, sized trade."""
    return _ask_all(proposal, [rule for rule in rules if rule.layer is Layer.ORDER])


def _ask_all(proposal: Proposal, rules: Sequence[Rule]) -> tuple[Veto, ...]:
    return tuple(veto for rule in rules if (veto := _ask(rule, proposal)) is not None)


def _ask(rule: Rule, proposal: Proposal) -> Veto | None:
    try:
        reason = rule.check(proposal)
    except Exception:  # fail closed: a broken rule never lets an entry pass
        log.exception("safety rule %s failed", rule.name)
        reason = "the rule itself failed, see the log"
    return Veto(rule.layer, rule.name, reason) if reason else None
