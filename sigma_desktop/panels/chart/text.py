"""How wide texts are; measuring anew at every tick would cost more than painting them."""

from functools import cache, lru_cache

from PySide6.QtGui import QFontMetricsF

from sigma_desktop.theme.tokens import font


@lru_cache(maxsize=1024)
def text_width(text: str, size_px: int, weight: int) -> float:
    """Logical pixels of ``text`` in the window's font."""
    return _metrics(size_px, weight).horizontalAdvance(text)


@cache
def _metrics(size_px: int, weight: int) -> QFontMetricsF:
    return QFontMetricsF(font(size_px, weight))
