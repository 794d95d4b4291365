"""The Indicators menu: overlays to switch on and off, several at a time."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from sigma_desktop.panels.chart.overlays import OVERLAYS, Overlay
from sigma_desktop.theme.tokens import Token, color

_SWATCH_PX, _SHARPNESS = 16, 2


class OverlayMenu(QMenu):
    """Stays open while overlays are ticked."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Indicators"))
        self._rows = {self._row(overlay): overlay for overlay in OVERLAYS}

    @property
    def chosen(self) -> tuple[Overlay, ...]:
        """The overlays that are ticked, in the menu's order."""
        return tuple(overlay for action, overlay in self._rows.items() if action.isChecked())

    def choose(self, names: Sequence[str]) -> None:
        """Tick exactly the overlays of these names; names nobody knows are passed over."""
        with QSignalBlocker(self):
            for action, overlay in self._rows.items():
                action.setChecked(overlay.name in names)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick without closing."""
        action = self.actionAt(event.position().toPoint())
        if action in self._rows:
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def _row(self, overlay: Overlay) -> QAction:
        action = self.addAction(_swatch(overlay.token), overlay.name)
        action.setCheckable(True)
        action.setChecked(overlay.default)
        action.toggled.connect(self.changed)
        return action


def _swatch(token: Token) -> QIcon:
    """A box in the overlay's colour: ticked when it is on, hollow when it is off."""
    icon = QIcon()
    for state in (QIcon.State.On, QIcon.State.Off):
        icon.addPixmap(_box(token, is_ticked=state is QIcon.State.On), QIcon.Mode.Normal, state)
    return icon


def _box(token: Token, is_ticked: bool) -> QPixmap:
    picture = QPixmap(_SWATCH_PX * _SHARPNESS, _SWATCH_PX * _SHARPNESS)
    picture.setDevicePixelRatio(_SHARPNESS)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color(token), 1.5))
    painter.setBrush(color(token) if is_ticked else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(1.5, 1.5, _SWATCH_PX - 3, _SWATCH_PX - 3), 3, 3)
    if is_ticked:
        painter.setPen(QPen(color(Token.BG1), 2))
        painter.drawPolyline([QPointF(4.5, 8.5), QPointF(7, 11), QPointF(11.5, 5.5)])
    painter.end()
    return picture
