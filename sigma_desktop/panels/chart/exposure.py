"""Which part of the chart the running paint is for; Qt tells its items only the rectangle around all of it."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QRegion


class Exposure:
    """The ``region`` to be painted, in pixels of the widget; None for all of it."""

    def __init__(self) -> None:
        self.region: QRegion | None = None

    def touches(self, box: QRect | QRectF) -> bool:
        """Whether any of ``box`` is to be painted."""
        rect = box.toAlignedRect() if isinstance(box, QRectF) else box
        return self.region is None or self.region.intersects(rect)
