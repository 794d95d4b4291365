"""Reading a painted chart by its colours."""

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget


def pixels(widget: QWidget) -> np.ndarray:
    """What ``widget`` looks like, (height, width, 3)."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def is_colour(picture: np.ndarray, colour: QColor, tolerance: int = 3) -> np.ndarray:
    """Where ``picture`` has ``colour``."""
    wanted = np.array([colour.red(), colour.green(), colour.blue()], int)
    return (np.abs(picture.astype(int) - wanted) <= tolerance).all(axis=-1)


def part(picture: np.ndarray, rect: QRect) -> np.ndarray:
    """The pixels inside ``rect``."""
    return picture[rect.top() : rect.bottom() + 1, rect.left() : rect.right() + 1]
