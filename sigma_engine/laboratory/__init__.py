"""The backtest laboratory: history, runs, trials, checks and reports behind one door."""

from pathlib import Path

from sigma_engine.laboratory.laboratory import Laboratory


async def open_in(home: Path | None) -> Laboratory:
    """The laboratory of the data folder ``home``."""
    raise NotImplementedError
