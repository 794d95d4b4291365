"""The rules that decide in one regime, and the same rules compiled to run over arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

from sigma_engine.kernels.expression import Program
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePrograms:
    """`Rules` compiled: entries and exits answer 1 or 0.

    A share's value is how much of the entry holds: of the group nearest to holding, the share of conditions that do.
    """

    entry_long: Program
    entry_short: Program
    exit_long: Program
    exit_short: Program
    long_share: Program
    short_share: Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """A strategy's compiled rules in the order of `Regime`, and its filters, which pass all where there are none."""

    rules: tuple[RulePrograms, ...]
    filters: Program

    @classmethod
    def of(cls, rules: Sequence[Rules], filters: Groups, columns: Sequence[str]) -> "Programs":
        """Compiled over rows of ``columns``; rules that regimes share are compiled once."""
        compiled = {id(each): compile_rules(each, columns) for each in rules}
        return cls(
            rules=tuple(compiled[id(each)] for each in rules),
            filters=compile_groups(filters, columns, where_empty=True),
        )


def compile_rules(rules: Rules, columns: Sequence[str]) -> RulePrograms:
    """The programs of ``rules`` over rows of ``columns``."""
    return RulePrograms(
        entry_long=compile_groups(rules.entry_long, columns),
        entry_short=compile_groups(rules.entry_short, columns),
        exit_long=compile_groups(rules.exit_long, columns),
        exit_short=compile_groups(rules.exit_short, columns),
        long_share=compile_share(rules.entry_long, columns),
        short_share=compile_share(rules.entry_short, columns),
    )
