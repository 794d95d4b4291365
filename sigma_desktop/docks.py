"""The chart and the docks around it: where they stand at first, and how their panels come to life."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QMainWindow, QVBoxLayout

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.catalog import PANELS, Area, PanelEntry
from sigma_desktop.panels.panel import Panel
from sigma_desktop.widgets.dock import SMALLEST, Dock

_AREAS = {Area.RIGHT: Qt.DockWidgetArea.RightDockWidgetArea, Area.BOTTOM: Qt.DockWidgetArea.BottomDockWidgetArea}
_RIGHT_SHARE, _RIGHT_PX = 0.264, (356, 470)
_BOTTOM_SHARE, _BOTTOM_PX = 0.345, (176, 300)
_MOST = 0.42
_NARROWEST, _LOWEST = 290, 200
"""Below this width or height two docks share a place."""


class DockArea(QMainWindow):
    """A window within the window; the docks exist from the start, their panels a moment later."""

    chartMaximised = Signal(bool)  # noqa: N815 a Qt signal

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCorner(Qt.Corner.BottomRightCorner, _AREAS[Area.RIGHT])
        self.panels: dict[str, Panel] = {}
        self._terminal = terminal
        self._hidden_for_chart: list[Dock] = []
        self._centre = QFrame()
        self._centre.setObjectName("panel")
        column = QVBoxLayout(self._centre)
        column.setContentsMargins(1, 1, 1, 4)
        self.setCentralWidget(self._centre)
        self.docks = {entry.name: self._dock(entry) for entry in PANELS if entry.area is not Area.CENTRE}

    def build(self, entry: PanelEntry) -> Panel:
        """Make the panel of ``entry`` and put it in its place."""
        panel = entry.factory(self._terminal)
        self.panels[entry.name] = panel
        if entry.area is Area.CENTRE:
            self._place_in_centre(panel)
            return panel
        dock = self.docks[entry.name]
        dock.fill(panel, panel.title_widgets())
        panel.maximised.connect(lambda on: self.give_room(entry, on))
        panel.countChanged.connect(lambda: dock.caption.show_count(panel.count))
        dock.caption.show_count(panel.count)
        return panel

    def arrange(self) -> None:
        """Every dock where it stands at first, in the shares of the catalog; with too little room as tabs."""
        self.end_maximised()
        for entry in PANELS:
            if entry.area in _AREAS:
                self._put_in_place(entry)
        width = _within(self.width(), _RIGHT_SHARE, _RIGHT_PX)
        right = self._stacked(Area.RIGHT, self.height() // _LOWEST)
        bottom = self._stacked(Area.BOTTOM, (self.width() - width) // _NARROWEST)
        for entry in PANELS:
            if entry.behind:
                self._put_behind(entry)
        for docks in (right, bottom):
            docks[0][0].raise_()
        self._share_out(right, bottom, width)

    def take_in(self, layout: bytes) -> None:
        """Put docks that the restored ``layout`` is too old to know where they stand at first."""
        for entry in PANELS:
            if entry.area in _AREAS and self.docks[entry.name].objectName().encode("utf-16-be") not in layout:
                self._put_in_place(entry)
                if entry.behind:
                    self._put_behind(entry)

    def show_panel(self, name: str) -> None:
        """Bring the panel ``name`` into view and give it the keyboard."""
        if (dock := self.docks.get(name)) is not None:
            dock.show()
            dock.raise_()
        if (panel := self.panels.get(name)) is not None:
            panel.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def give_room(self, entry: PanelEntry, on: bool) -> None:
        """Make the dock of ``entry``, and those it shares its place with, wide or high; or as they were at first."""
        upright = entry.area is Area.BOTTOM
        length, share, limits = (
            (self.height(), _BOTTOM_SHARE, _BOTTOM_PX) if upright else (self.width(), _RIGHT_SHARE, _RIGHT_PX)
        )
        way = Qt.Orientation.Vertical if upright else Qt.Orientation.Horizontal
        self.resizeDocks([self.docks[entry.name]], [int(length * _MOST) if on else _within(length, share, limits)], way)

    def maximise_chart(self, on: bool) -> None:
        """Give the chart all the room there is, or the docks theirs back."""
        if on and not self._hidden_for_chart:
            self._hidden_for_chart = [
                dock for dock in self.docks.values() if dock.isVisible() and not dock.isFloating()
            ]
            for dock in self._hidden_for_chart:
                dock.hide()
        elif not on:
            self.end_maximised()
        self.chartMaximised.emit(on)

    def end_maximised(self) -> None:
        """Show again what was hidden for the chart."""
        hidden, self._hidden_for_chart = self._hidden_for_chart, []
        for dock in hidden:
            dock.show()

    def dispose(self) -> None:
        """Have every panel stop listening."""
        while self.panels:
            self.panels.popitem()[1].dispose()

    def _dock(self, entry: PanelEntry) -> Dock:
        dock = Dock(entry.name, entry.title, entry.icon, self)
        self.addDockWidget(_AREAS[entry.area], dock)
        dock.returned.connect(lambda: self._make_room(entry.area))
        return dock

    def _put_in_place(self, entry: PanelEntry) -> None:
        dock = self.docks[entry.name]
        dock.setFloating(False)
        self.addDockWidget(_AREAS[entry.area], dock)
        dock.show()

    def _put_behind(self, entry: PanelEntry) -> None:
        front = self.docks[entry.behind]
        self.tabifyDockWidget(front, self.docks[entry.name])
        front.raise_()

    def _make_room(self, area: Area) -> None:
        """Give a dock that was put back its share beside its neighbours again."""
        beside = [(dock, share) for dock, share in self._entries(area) if dock.isVisible() and not dock.isFloating()]
        upright = area is Area.RIGHT
        length = self.height() if upright else self.width()
        self.resizeDocks(
            [dock for dock, _ in beside],
            _parts(beside, length),
            Qt.Orientation.Vertical if upright else Qt.Orientation.Horizontal,
        )

    def _entries(self, area: Area) -> list[tuple[Dock, int]]:
        """The docks of ``area`` that have a share of it, with their shares."""
        return [(self.docks[entry.name], entry.share) for entry in PANELS if entry.area is area and not entry.behind]

    def _place_in_centre(self, panel: Panel) -> None:
        layout = self._centre.layout()
        assert layout is not None
        panel.setMinimumSize(SMALLEST)
        layout.addWidget(panel)
        panel.maximised.connect(self.maximise_chart)
        if self.hasFocus():
            panel.setFocus()

    def _share_out(self, right: list[tuple[Dock, int]], bottom: list[tuple[Dock, int]], width: int) -> None:
        """Sizes in the shares of the catalog, once every dock is in its place: a dock added later takes of them."""
        height = _within(self.height(), _BOTTOM_SHARE, _BOTTOM_PX)
        sideways, upright = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.resizeDocks([dock for dock, _ in right], [width] * len(right), sideways)
        self.resizeDocks([dock for dock, _ in right], _parts(right, self.height()), upright)
        self.resizeDocks([dock for dock, _ in bottom], [height] * len(bottom), upright)
        self.resizeDocks([dock for dock, _ in bottom], _parts(bottom, self.width() - width), sideways)

    def _stacked(self, area: Area, places: int) -> list[tuple[Dock, int]]:
        """The docks of ``area`` on at most ``places`` places: the first place takes all that have none of their own."""
        docks = self._entries(area)
        surplus = len(docks) - max(1, min(places, len(docks)))
        first = docks[0][0]
        for dock, _ in docks[1 : 1 + surplus]:
            self.tabifyDockWidget(first, dock)
        first.raise_()
        return [docks[0], *docks[1 + surplus :]]


def _within(length: int, share: float, limits: tuple[int, int]) -> int:
    """The ``share`` of ``length``, not below or above ``limits``, and never so much that the chart has less."""
    return int(min(max(length * share, limits[0]), limits[1], length * _MOST))


def _parts(docks: list[tuple[Dock, int]], length: int) -> list[int]:
    whole = sum(share for _, share in docks)
    return [length * share // whole for _, share in docks]
