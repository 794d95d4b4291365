"""How long the slowest hostile text keeps the parser of expressions busy."""

from importlib import import_module
from importlib.util import find_spec

_SAMPLES = "sigma_engine.strategy.expression_samples"


def milliseconds_max(quick: bool = False) -> float | None:
    """The slowest of many random and hostile texts; None while there are no such samples."""
    if find_spec(_SAMPLES) is None:
        return None
    slowest: float = import_module(_SAMPLES).slowest_expression_ms(300 if quick else 20_000, seed=7)
    return slowest
