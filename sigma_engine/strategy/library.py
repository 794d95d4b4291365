"""The strategies that come with SIGMA, and loading one by its name or from a file.

The fusion presets trail 3 ATR behind the best price, which acts once a trade has earned as much as it risked, and
wait 3 bars after an exit. On BTC June 2025 / SOL March 2025 / BTC 2024 (5m, fills of contracts.md §4, no costs) that
gave 11.0 / 10.3 / 10.8 trades a day with 32 / 27 / 31 % winners, against 12.8 / 11.3 / 12.1 and 32 / 26 / 29 % with
neither; a tighter trail of 2 ATR cut off half of the targets, break-even at 1.5 R lost winners.
"""

import difflib
from importlib import resources
from pathlib import Path

from sigma_engine.errors import SpecError
from sigma_engine.strategy.spec import StrategySpec, load_spec

_PRESETS = resources.files("sigma_engine.strategy") / "presets"
_SUFFIX = ".json"


def preset_names() -> tuple[str, ...]:
    """The names of the strategies that come with SIGMA, in alphabetical order."""
    found = (entry.name for entry in _PRESETS.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def load_strategy(name_or_path: str | Path) -> StrategySpec:
    """A preset by its name, or the strategy in the JSON file at a path; raises `SpecError`."""
    name = str(name_or_path)
    if name in preset_names():
        return load_spec((_PRESETS / f"{name}{_SUFFIX}").read_text(encoding="utf-8"))
    if not Path(name).exists() and Path(name).suffix != _SUFFIX:
        raise SpecError(f"There is no strategy {name!r}{_suggestion(name)}")
    return load_spec(Path(name))


def _suggestion(name: str) -> str:
    near = difflib.get_close_matches(name, preset_names(), 1, 0.5)
    known = f"; presets are {', '.join(preset_names())}, anything else is the path of a JSON file."
    return f"; did you mean {near[0]!r}?" if near else known
