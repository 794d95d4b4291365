"""The backtest laboratory: history, runs, trials, checks and reports behind one door."""

import asyncio
from pathlib import Path

from sigma_engine.laboratory.laboratory import Laboratory
from sigma_engine.settings import load_settings
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.store import SqliteStore


async def open_in(home: Path | None) -> Laboratory:
    """The laboratory of the data folder ``home``, beside whatever session has it; raises `SigmaError`."""
    return await asyncio.to_thread(_opened, home)


def _opened(home: Path | None) -> Laboratory:
    folder = DataFolder.beside(home)
    settings = load_settings(folder.config)
    url = settings.database_url
    store = SqliteStore.open(url.get_secret_value() if url else folder.database)
    return Laboratory(store, folder)
