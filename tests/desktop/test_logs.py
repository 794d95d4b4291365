"""The log: everything that goes wrong reaches it, and the person as well."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning

from sigma_desktop.logs import FILE, begin_log, hear_uncaught


@pytest.fixture
def log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is logged to."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    folder = tmp_path / "logs"
    end = begin_log(folder)
    yield folder
    end()


def written(folder: Path) -> str:
    return (folder / FILE).read_text("utf-8")


def test_our_words_and_qts_are_in_one_file(log_folder: Path) -> None:
    logging.getLogger("sigma_desktop.anything").info("a word of ours")
    qWarning("a word of Qt")
    assert "a word of ours" in written(log_folder)
    assert "WARNING  qt: a word of Qt" in written(log_folder)


def test_the_log_is_for_its_owner_alone(log_folder: Path) -> None:
    assert log_folder.stat().st_mode & 0o077 == 0


def test_what_nobody_caught_is_logged_whole_and_told_in_a_sentence(log_folder: Path) -> None:
    told: list[str] = []
    hear_uncaught(told.append)
    try:
        {}["missing"]
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)
    assert told == ["Something went wrong inside SIGMA (KeyError: 'missing')."]
    assert "Traceback" in written(log_folder)


def test_an_interrupt_is_no_failure(log_folder: Path) -> None:
    told: list[str] = []
    hear_uncaught(told.append)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert told == []


def test_without_a_folder_for_it_only_what_is_critical_goes_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file in the way", "utf-8")
    end = begin_log(tmp_path / "logs")
    logging.getLogger("sigma_desktop.anything").warning("not worth a line")
    logging.getLogger("sigma_desktop.anything").critical("still heard")
    said = capsys.readouterr().err
    assert "still heard" in said
    assert "not worth a line" not in said
    end()


def test_once_ended_nothing_is_left_of_it(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    begin_log(tmp_path)()
    assert (list(root.handlers), root.level) == before
