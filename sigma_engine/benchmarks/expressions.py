"""How long the slowest hostile text keeps the language of conditions busy."""

from sigma_engine.strategy.expression_samples import slowest_expression_ms


def milliseconds_max(quick: bool = False) -> float:
    """The slowest of many random and hostile texts."""
    return slowest_expression_ms(300 if quick else 20_000, seed=7)
