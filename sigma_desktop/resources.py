"""Where the files that come with SIGMA lie, and the fonts among them."""

import logging
import sys
from pathlib import Path

from PySide6.QtGui import QFontDatabase

log = logging.getLogger(__name__)

_ROOTS = (
    Path(getattr(sys, "_MEIPASS", sys.prefix)) / "resources",
    Path(sys.prefix) / "share" / "sigma" / "resources",
    Path(__file__).resolve().parent.parent / "resources",
)


def resource(*parts: str) -> Path | None:
    """The file or folder ``parts`` among the resources, None where this installation lacks it."""
    return next((path for root in _ROOTS if (path := root.joinpath(*parts)).exists()), None)


def load_fonts() -> None:
    """Make Inter known to Qt; without it the platform's own font serves, with figures of equal width."""
    folder = resource("fonts")
    files = sorted(folder.glob("Inter-*.otf")) if folder else []
    if not files:
        log.warning("Inter was not found among the resources; the platform's font is used")
    for file in files:
        if QFontDatabase.addApplicationFont(str(file)) < 0:
            log.warning("the font %s could not be read", file.name)
