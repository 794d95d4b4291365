"""The window's memory of itself: layout, size, palette and the workspaces a person named, in one small file."""

import base64
import binascii
import json
import logging
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sigma_desktop.panels.panel import Habits
from sigma_desktop.theme.tokens import Palette

log = logging.getLogger(__name__)

FILE = "desktop.json"
FILE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is kept; layouts are Qt's own bytes, ``frame`` is x, y, width, height in pixels.

    ``symbol`` is the market the chart showed last, ``habits`` what each panel was set to, by its name.
    """

    layout: bytes = b""
    frame: tuple[int, int, int, int] | None = None
    maximised: bool = False
    palette: Palette = Palette.DARK
    symbol: str = ""
    workspaces: dict[str, bytes] = field(default_factory=dict)
    habits: dict[str, Habits] = field(default_factory=dict)


class MemoryFile:
    """Reads and writes `Memory`; a file it cannot read is set aside, never overwritten."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self.memory = self._read()

    def update(self, **changes: Any) -> None:
        """Replace fields of the memory and write it, if anything differs."""
        changed = replace(self.memory, **changes)
        if changed != self.memory:
            self.memory = changed
            self._write()

    def keep_habits(self, panel: str, habits: Habits) -> None:
        """Remember what the panel of this name is set to."""
        self.update(habits={**self.memory.habits, panel: habits})

    def _read(self) -> Memory:
        try:
            return _memory(json.loads(self._path.read_text("utf-8")))
        except FileNotFoundError:
            return Memory()
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("the layout file %s could not be read (%s); the default layout is used", self._path, error)
            self._set_aside()
            return Memory()

    def _set_aside(self) -> None:
        try:
            self._path.replace(self._path.with_suffix(".damaged.json"))
        except OSError as error:
            log.warning("the damaged layout file could not be set aside: %s", error)

    def _write(self) -> None:
        draft = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(_document(self.memory), indent=1), "utf-8")
            os.replace(draft, self._path)
        except OSError as error:
            log.warning("the layout could not be saved: %s", error)


def _document(memory: Memory) -> dict[str, Any]:
    return {
        "version": FILE_VERSION,
        "layout": _text(memory.layout),
        "frame": memory.frame,
        "maximised": memory.maximised,
        "palette": memory.palette.value,
        "symbol": memory.symbol,
        "habits": memory.habits,
        "workspaces": {name: _text(layout) for name, layout in memory.workspaces.items()},
    }


def _memory(document: dict[str, Any]) -> Memory:
    if document["version"] != FILE_VERSION:
        raise ValueError(f"its version is {document['version']}, not {FILE_VERSION}")
    frame = document["frame"]
    return Memory(
        layout=_bytes(document["layout"]),
        frame=None if frame is None else _frame(frame),
        maximised=bool(document["maximised"]),
        palette=Palette(document["palette"]),
        symbol=str(document.get("symbol", "")),
        workspaces={str(name): _bytes(text) for name, text in document["workspaces"].items()},
        habits={str(name): dict(habits) for name, habits in document.get("habits", {}).items()},
    )


def _frame(values: list[Any]) -> tuple[int, int, int, int]:
    left, top, width, height = (int(value) for value in values)
    return left, top, width, height


def _text(layout: bytes) -> str:
    return base64.b64encode(layout).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"a layout is damaged: {error}") from error
