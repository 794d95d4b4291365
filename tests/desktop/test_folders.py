"""The window keeps its things where the engine keeps its own."""

from pathlib import Path

import pytest

from sigma_desktop.folders import Folders
from sigma_engine.storage.folder import DataFolder


@pytest.mark.parametrize("home", [None, Path("/elsewhere/sigma")])
@pytest.mark.parametrize("named", [None, "/named/by/variable"])
def test_window_and_engine_agree(monkeypatch: pytest.MonkeyPatch, home: Path | None, named: str | None) -> None:
    monkeypatch.delenv("SIGMA_HOME")
    if named:
        monkeypatch.setenv("SIGMA_HOME", named)
    own, engines = Folders.of(home), DataFolder.locate(home)
    assert (own.data, own.config, own.logs) == (engines.root, engines.config, engines.logs)
