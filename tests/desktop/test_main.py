"""`sigma` from a shell: one readable line and a code, before anything is opened."""

from pathlib import Path

import pytest

from sigma_desktop.__main__ import main


@pytest.fixture
def headless(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")


def test_bad_input_is_one_line_and_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--size", "wide"]) == 2
    written = capsys.readouterr()
    assert written.err.count("\n") == 1
    assert written.err.startswith("sigma: --size wide")
    assert written.out == ""


def test_no_screen_is_one_line_and_code_1(headless: None, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--home", str(tmp_path / "home")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "home").exists()
