"""Everything that goes wrong reaches one rotating file: ours, Qt's, what nobody caught, and crashes."""

import logging
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from sigma_engine import CRASH_FILE, log_file, log_to

__all__ = ["CRASH_FILE", "FILE", "begin_log", "hear_uncaught", "in_words"]

log = logging.getLogger(__name__)
qt_log = logging.getLogger("qt")

FILE = "desktop.log"
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def begin_log(folder: Path) -> Callable[[], None]:
    """Write to ``folder`` from now on; returns the way to end it.

    Where the folder cannot be written only what is critical goes to stderr: opening the data folder says the rest.
    """
    ending = ExitStack()
    try:
        log_file(folder, FILE, ending)
    except OSError:
        log_to(_only_critical(), ending)
    ending.callback(qInstallMessageHandler, qInstallMessageHandler(_hear_qt))
    return ending.close


def hear_uncaught(told: Callable[[str], None]) -> None:
    """Log what nobody caught, in slots as anywhere, and have ``told`` say so to the person."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("nobody caught this", exc_info=(kind, error, trace))
        told(in_words(error))

    sys.excepthook = hook


def in_words(error: BaseException) -> str:
    """One sentence on an error that should not have been."""
    what = str(error) or "no details"
    return f"Something went wrong inside SIGMA ({type(error).__name__}: {what})."


def _only_critical() -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setLevel(logging.CRITICAL)
    return handler


def _hear_qt(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    qt_log.log(_LEVELS.get(kind, logging.INFO), "%s", message)
