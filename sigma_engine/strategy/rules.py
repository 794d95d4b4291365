"""The rules that decide in one regime, and the same rules compiled to run over rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sigma_engine.kernels.judgement import Rulebook
from sigma_engine.strategy.expression import Groups
from sigma_engine.strategy.expression_program import compile_groups, compile_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When to enter and to leave; ``threshold`` and ``margin`` are those of the fusion, where entries come from it.

    ``own_entries`` marks those by which one regime enters differently.
    """

    entry_long: Groups
    entry_short: Groups
    exit_long: Groups
    exit_short: Groups
    threshold: float
    margin: float
    own_entries: bool = False

    @property
    def conditions(self) -> tuple[Groups, ...]:
        """All its conditions: entries, then exits."""
        return self.entry_long, self.entry_short, self.exit_long, self.exit_short


def compile_rules(rules: Rules, columns: Sequence[str]) -> Rulebook:
    """``rules`` compiled over rows of ``columns``."""
    return Rulebook(
        entry_long=compile_groups(rules.entry_long, columns),
        entry_short=compile_groups(rules.entry_short, columns),
        long_share=compile_share(rules.entry_long, columns),
        short_share=compile_share(rules.entry_short, columns),
        exit_long=compile_groups(rules.exit_long, columns),
        exit_short=compile_groups(rules.exit_short, columns),
        threshold=rules.threshold,
        margin=rules.margin,
    )


def compile_books(rules: Sequence[Rules], columns: Sequence[str]) -> list[Rulebook]:
    """Those of every regime in its order; rules that regimes share are compiled once."""
    compiled = {id(each): compile_rules(each, columns) for each in rules}
    return [compiled[id(each)] for each in rules]
