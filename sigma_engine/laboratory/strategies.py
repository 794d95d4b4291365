"""The strategy a person names: a preset, one they kept, a file, or the document itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from sigma_engine.catalog import PRESETS
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import InputError
from sigma_engine.settings import Settings
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.spec import StrategySpec, load_spec, read_spec


def named_strategy(strategy: str, kept: Mapping[str, str]) -> tuple[str, StrategySpec]:
    """What the strategy is called, and its spec; ``kept`` are the documents of kept ones by name.

    Raises `SpecError`.
    """
    if strategy in PRESETS:
        return strategy, load_strategy(strategy)
    if strategy in kept:
        return strategy, load_spec(kept[strategy])
    spec = load_spec(strategy) if strategy.lstrip().startswith("{") else load_strategy(strategy)
    return spec.name, spec


def fitted(
    spec: StrategySpec, symbols: Sequence[str], timeframe: Timeframe, leverage: int | None, settings: Settings
) -> StrategySpec:
    """The spec as it is run: on these symbols and candles, with ``leverage`` in place of its own where given.

    It is checked anew as a whole. Raises `InputError`.
    """
    if leverage is not None and leverage > settings.max_leverage:
        raise InputError(f"A leverage of {leverage}x is above your cap: ask for {settings.max_leverage}x at most.")
    changed: dict[str, Any] = {"symbols": list(symbols), "timeframe": timeframe.value}
    if leverage is not None:
        changed["leverage"] = leverage
    return read_spec(spec.document() | changed)
