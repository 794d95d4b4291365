"""The window's memory: kept, found again, never lost to a damaged file, never off the screen."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.catalog import PANELS
from sigma_desktop.docks import DockArea
from sigma_desktop.memory import FILE, Memory, MemoryFile
from sigma_desktop.theme.tokens import Palette
from sigma_desktop.workspaces import Workspaces, layout_of, on_screen, restore_layout


@pytest.fixture
def docks(terminal: Terminal, qtbot: QtBot) -> Iterator[DockArea]:
    area = DockArea(terminal)
    qtbot.addWidget(area)
    area.resize(1400, 800)
    area.show()
    area.arrange()
    yield area
    area.close()
    area.deleteLater()


def test_what_was_kept_is_found_again(tmp_path: Path) -> None:
    kept = Memory(
        layout=b"\x00\xff layout",
        frame=(10, 20, 1200, 800),
        maximised=True,
        palette=Palette.COLOUR_BLIND,
        workspaces={"wide": b"one", "été": b"two"},
        habits={"chart": {"timeframe": "5m", "overlays": ["VWAP"]}},
    )
    MemoryFile(tmp_path).update(
        layout=kept.layout, frame=kept.frame, maximised=True, palette=kept.palette, workspaces=kept.workspaces
    )
    MemoryFile(tmp_path).keep_habits("chart", kept.habits["chart"])
    assert MemoryFile(tmp_path).memory == kept
    assert not (tmp_path / FILE).with_suffix(".new").exists()


def test_without_a_file_the_window_begins_afresh(tmp_path: Path) -> None:
    assert MemoryFile(tmp_path / "not there").memory == Memory()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"version": 99}', '{"version": 1, "layout": "%%"}'])
def test_a_damaged_file_is_set_aside_and_kept(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    assert MemoryFile(tmp_path).memory == Memory()
    assert (tmp_path / "desktop.damaged.json").read_text("utf-8") == text


def test_nothing_is_written_while_nothing_changed(tmp_path: Path) -> None:
    file = MemoryFile(tmp_path)
    file.update(maximised=False)
    assert not (tmp_path / FILE).exists()


def test_a_folder_that_cannot_be_written_costs_only_the_layout(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file in the way", "utf-8")
    file = MemoryFile(tmp_path / "config")
    file.update(maximised=True)
    assert file.memory.maximised


def test_a_layout_is_restored_as_it_was(docks: DockArea) -> None:
    dock = docks.docks["chat"]
    before = layout_of(docks)
    dock.hide()
    docks.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks.docks["trades"])
    assert restore_layout(docks, before)
    assert dock.isVisible()
    assert docks.dockWidgetArea(docks.docks["trades"]) is Qt.DockWidgetArea.BottomDockWidgetArea


def test_a_layout_from_before_a_dock_existed_leaves_it_where_it_stands_at_first(
    docks: DockArea, terminal: Terminal, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigma_desktop.docks.PANELS", tuple(entry for entry in PANELS if entry.name != "calibration"))
    older = DockArea(terminal)
    qtbot.addWidget(older)
    older.resize(1400, 800)
    older.arrange()
    layout = layout_of(older)
    monkeypatch.undo()
    assert restore_layout(docks, layout)
    young = docks.docks["calibration"]
    assert docks.dockWidgetArea(young) is Qt.DockWidgetArea.BottomDockWidgetArea
    assert docks.tabifiedDockWidgets(young) == [docks.docks["performance"]]


@pytest.mark.parametrize("layout", [b"", b"garbage", b"\x00\x00\x00\xff\x00\x00\x00\x63"])
def test_a_layout_of_another_kind_moves_nothing(docks: DockArea, layout: bytes) -> None:
    before = layout_of(docks)
    assert not restore_layout(docks, layout)
    assert layout_of(docks) == before


def test_workspaces_are_saved_opened_and_deleted_by_name(docks: DockArea, tmp_path: Path) -> None:
    workspaces = Workspaces(docks, MemoryFile(tmp_path), docks.arrange)
    docks.docks["chat"].hide()
    workspaces.save("no chat")
    docks.docks["chat"].show()
    workspaces.save("all")
    assert workspaces.names == ["all", "no chat"]
    assert workspaces.restore("no chat")
    assert not docks.docks["chat"].isVisible()
    workspaces.delete("no chat")
    assert not workspaces.restore("no chat")
    assert MemoryFile(tmp_path).memory.workspaces.keys() == {"all"}


def test_a_change_is_kept_a_moment_later(docks: DockArea, tmp_path: Path, qtbot: QtBot) -> None:
    file = MemoryFile(tmp_path)
    workspaces = Workspaces(docks, file, docks.arrange)
    workspaces.watch()
    docks.docks["trades"].hide()
    with qtbot.waitSignal(workspaces._settle.timeout):
        pass
    assert MemoryFile(tmp_path).memory.layout == layout_of(docks)


def test_reset_brings_everything_back(docks: DockArea, tmp_path: Path) -> None:
    workspaces = Workspaces(docks, MemoryFile(tmp_path), docks.arrange)
    for dock in docks.docks.values():
        dock.hide()
    docks.docks["signals"].setFloating(True)
    workspaces.reset()
    workspaces.keep()
    assert all(dock.isVisible() and not dock.isFloating() for dock in docks.docks.values())


@given(
    left=st.integers(-100_000, 100_000),
    top=st.integers(-100_000, 100_000),
    width=st.integers(1, 20_000),
    height=st.integers(1, 20_000),
)
def test_a_frame_is_always_moved_to_where_it_can_be_held(left: int, top: int, width: int, height: int) -> None:
    frame = QRect(left, top, width, height)
    placed = on_screen(frame)
    seen = [screen.availableGeometry().intersected(placed) for screen in QApplication.screens()]
    assert any(part.width() >= min(width, 80) and part.height() >= min(height, 80) for part in seen)
    assert any(screen.availableGeometry().top() <= placed.top() for screen in QApplication.screens())


def test_a_frame_in_sight_stays_where_it_is() -> None:
    frame = QRect(10, 10, 300, 200)
    assert on_screen(frame) == frame


def test_the_file_is_plain_json(tmp_path: Path) -> None:
    MemoryFile(tmp_path).update(maximised=True)
    assert json.loads((tmp_path / FILE).read_text("utf-8"))["maximised"] is True
