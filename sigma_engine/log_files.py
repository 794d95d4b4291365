"""The log of a process: one rotating file in the data folder's place for logs, and one for crashes."""

import faulthandler
import logging
from contextlib import ExitStack
from pathlib import Path

CRASH_FILE = "crash.log"
_BYTES, _FILES = 2_000_000, 5
_FORM = "%(asctime)s %(levelname)-8s %(name)s: %(message)s"


def log_file(folder: Path, name: str, ending: ExitStack) -> logging.Handler:
    """Have everything from INFO on written to ``name`` in ``folder``, and crashes beside it, until ``ending`` closes.

    The folder is made, for its owner alone, where it is missing. Raises `OSError` where it cannot be written.
    """
    from logging.handlers import RotatingFileHandler

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / name, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORM))
    ending.callback(handler.close)
    _hear_crashes(folder / CRASH_FILE, ending)
    log_to(handler, ending)
    return handler


def log_to(handler: logging.Handler, ending: ExitStack) -> None:
    """Have ``handler`` hear everything from INFO on, until ``ending`` closes."""
    root = logging.getLogger()
    ending.callback(root.setLevel, root.level)
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    ending.callback(root.removeHandler, handler)


def _hear_crashes(file: Path, ending: ExitStack) -> None:
    crashes = ending.enter_context(file.open("a", encoding="utf-8"))
    faulthandler.enable(crashes)
    ending.callback(faulthandler.disable)
