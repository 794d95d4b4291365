"""What the session asks `assembly` to build while it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sigma_engine.domain.order import Order
from sigma_engine.domain.position import Position
from sigma_engine.domain.run import RunState
from sigma_engine.session.mandate import Mandate
from sigma_engine.session.trader import Trader


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyChoice:
    """A strategy ready to decide; ``document`` is its spec as JSON."""

    name: str
    document: str
    mandate: Mandate


class Workshop(Protocol):
    """Builds strategies, runs and traders."""

    def strategies(self) -> tuple[str, ...]:
        """The names `strategy()` knows."""
        ...

    def strategy(self, name: str) -> StrategyChoice:
        """A preset by name or a spec from a file; raises `SpecError` in one sentence."""
        ...

    def fresh_run(self, previous: RunState) -> RunState:
        """A new run of the same market and strategy with a fresh balance."""
        ...

    def trader(self, run: RunState, positions: Sequence[Position], orders: Sequence[Order], mandate: Mandate) -> Trader:
        """The trader of a run, holding what the run held."""
        ...
