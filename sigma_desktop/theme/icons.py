"""Icons by name from the Material Design set that qtawesome carries.

Its font is read directly: importing qtawesome would load eleven more fonts before the first frame.
"""

import importlib.util
import json
import logging
from functools import cache
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from sigma_desktop.theme.tokens import Token, value

log = logging.getLogger(__name__)

_FONT, _NAMES = "materialdesignicons6-webfont-*.ttf", "materialdesignicons6-webfont-charmap-*.json"
_FILLS = 0.94
"""How much of its square a glyph's em box takes."""


def icon(name: str, token: Token = Token.T1) -> QIcon:
    """The icon ``name`` (an mdi6 name, with or without its prefix) in the colour of ``token``; paler when disabled."""
    return _icon(name.removeprefix("mdi6."), value(token), value(Token.LINE2))


@cache
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    return QIcon(_Glyph(_glyphs().get(name, ""), colour, disabled))


class _Glyph(QIconEngine):
    """Draws one glyph sharply at any size."""

    def __init__(self, glyph: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._glyph, self._colour, self._disabled = glyph, colour, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """The glyph in the middle of ``rect``."""
        font = QFont(_family())
        font.setPixelSize(max(1, round(rect.height() * _FILLS)))
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(self._disabled if mode is QIcon.Mode.Disabled else self._colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The glyph on nothing; ``size`` in device pixels."""
        made = QPixmap(size)
        if made.isNull():
            return made
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        """Another such engine."""
        return _Glyph(self._glyph, self._colour, self._disabled)


@cache
def _family() -> str:
    file = _file(_FONT)
    number = QFontDatabase.addApplicationFont(str(file)) if file else -1
    families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    if not families:
        log.warning("the icon font was not found; buttons show no icons, their names are in their tooltips")
    return families[0] if families else ""


@cache
def _glyphs() -> dict[str, str]:
    file = _file(_NAMES)
    codes: dict[str, str] = json.loads(file.read_text("utf-8")) if file else {}
    return {name: chr(int(code, 16)) for name, code in codes.items()}


def _file(pattern: str) -> Path | None:
    found = importlib.util.find_spec("qtawesome")
    places = found.submodule_search_locations if found else None
    return next((file for place in places or () for file in Path(place, "fonts").glob(pattern)), None)
