"""Finds a screen to open on before Qt looks for one itself, because Qt would abort where there is none."""

import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from sigma_engine import SigmaError

PLATFORM = "QT_QPA_PLATFORM"
_LOCAL = re.compile(r"(?:unix)?:(\d+)(?:\.\d+)?")
_WITHOUT = "start it in a desktop session, or add --screenshot FILE.png to have the window drawn to a file."


class NoDisplay(SigmaError):
    """There is no screen to open a window on; nothing was opened."""


def choose_platform(environment: Mapping[str, str], for_picture: bool, system: str = sys.platform) -> str | None:
    """The Qt platform to set, None to leave the choice to Qt or to the person's own ``QT_QPA_PLATFORM``.

    ``for_picture``: nobody looks, so drawing without a screen will do. Raises `NoDisplay`.
    """
    if environment.get(PLATFORM) or not system.startswith("linux"):
        return None
    display, wayland = environment.get("DISPLAY", ""), environment.get("WAYLAND_DISPLAY", "")
    if display and _answers(display):
        return "xcb"
    if wayland:
        return "wayland"
    if for_picture:
        return "offscreen"
    if display:
        raise NoDisplay(f"SIGMA finds no screen: nothing answers at the display {display}; {_WITHOUT}")
    raise NoDisplay(f"SIGMA finds no screen: neither DISPLAY nor WAYLAND_DISPLAY is set; {_WITHOUT}")


def _answers(display: str) -> bool:
    """Whether an X server listens there; displays of other machines are believed."""
    local = _LOCAL.fullmatch(display)
    if local is None:
        return True
    path = f"/tmp/.X11-unix/X{local[1]}"
    return _connects("\0" + path) or (Path(path).exists() and _connects(path))


def _connects(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(address)
        except OSError:
            return False
    return True
