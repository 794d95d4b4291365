"""Paints every cell of every table: text, two lines, pills, bars, votes, headings and icons, from tokens alone."""

from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from sigma_desktop.models.cells import Cell, Column, Kind
from sigma_desktop.models.rows import RowModel
from sigma_desktop.theme.icons import icon
from sigma_desktop.theme.tokens import Token, color, font

PADDING = 6
EDGE = 8
"""The first column keeps this far from the panel's edge."""
PILL_HEIGHT = 17
FIGURE_WIDTH = 38
"""Room at the right of a bar for its figure."""
ICON_SIZE = 15
TINT = 38
"""Alpha of a pill's field: 15 %."""

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Painted = Callable[[QPainter, QRect, Cell, Qt.AlignmentFlag], None]


class Face(Enum):
    """The type of a cell: size in pixels, weight, spacing in percent, italic."""

    TEXT = (12, 450, 0, False)
    FORMING = (12, 400, 0, True)
    BOLD = (12, 600, 0, False)
    BELOW = (11, 400, 0, False)
    PILL = (10, 650, 4, False)
    SECTION = (11, 600, 0, False)


class CellDelegate(QStyledItemDelegate):
    """Paints `Cell`s of one model; asks the model itself, which is far cheaper than `QModelIndex.data`."""

    def __init__(self, model: RowModel[Any], parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.hovered = -1
        """The row under the mouse, kept by the table."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, rule below, then the cell's own kind."""
        rect: QRect = option.rect
        column, at = index.column(), index.row()
        cell = self._model.cell(at, column)
        self._ground(painter, option, rect, at, column)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint = _PAINTERS[cell.kind]
        paint(painter, inner(rect, column), cell, alignment(self._model.columns[column]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Nothing asks the cells how large they are; columns and rows have fixed sizes."""
        return QSize(0, 0)

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, at: int, column: int) -> None:
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color(Token.BG3))
            if column == 0 and state & QStyle.StateFlag.State_Active:
                painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), color(Token.ACCENT))
        elif at == self.hovered:
            painter.fillRect(rect, color(Token.BG2))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), color(Token.LINE))


def inner(rect: QRect, column: int) -> QRect:
    """Where the content of a cell of ``column`` stands within ``rect``."""
    return rect.adjusted(PADDING if column else EDGE, 0, -PADDING, -1)


def alignment(column: Column[Any]) -> Qt.AlignmentFlag:
    """Where the column's text stands."""
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def paint_text(painter: QPainter, rect: QRect, cell: Cell, align: Qt.AlignmentFlag) -> None:
    """One line in the middle, or two."""
    upper, text = rect, cell.text
    if cell.wraps and (broken := _broken(text, _text_face(cell), rect.width())):
        text, rest = broken
        half = rect.height() // 2
        upper = rect.adjusted(0, 3, 0, -half)
        _line(painter, rect.adjusted(0, half, 0, -3), rest, _text_face(cell), cell.token, align)
    elif cell.below:
        half = rect.height() // 2
        upper = rect.adjusted(0, 4, 0, 1 - half)
        _line(painter, rect.adjusted(0, half - 1, 0, -5), cell.below, Face.BELOW, cell.below_token, align)
    _line(painter, upper, text, _text_face(cell), cell.token, align)


def paint_pill(painter: QPainter, rect: QRect, cell: Cell, align: Qt.AlignmentFlag) -> None:
    """Capitals on a field of their own colour."""
    if not cell.text:
        return
    width = min(rect.width(), pill_width(cell.text))
    left = rect.right() + 1 - width if align & Qt.AlignmentFlag.AlignRight else rect.left()
    field = QRectF(left, rect.center().y() - PILL_HEIGHT // 2, width, PILL_HEIGHT)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(Token.BG3) if cell.token is Token.T1 else color(cell.token, TINT))
    painter.drawRoundedRect(field, 4, 4)
    painter.setPen(color(cell.token))
    painter.setFont(_face(Face.PILL)[0])
    painter.drawText(field, Qt.AlignmentFlag.AlignCenter, cell.text)


def pill_width(text: str) -> int:
    """How wide a pill of ``text`` is."""
    return _face(Face.PILL)[1].horizontalAdvance(text) + 8


def paint_bar(painter: QPainter, rect: QRect, cell: Cell, align: Qt.AlignmentFlag) -> None:
    """A figure from nothing to all, the forming candle's as a paler mark, the number at the right."""
    _line(painter, rect, cell.text, Face.TEXT, cell.below_token, RIGHT)
    track = _track(painter, rect)
    filled = QRectF(track)
    filled.setWidth(track.width() * clipped(cell.fill, 0.0))
    painter.setBrush(color(cell.token))
    painter.drawRoundedRect(filled, 2, 2)
    if cell.ghost is not None:
        _ghost(painter, track, clipped(cell.ghost, 0.0))


def paint_vote(painter: QPainter, rect: QRect, cell: Cell, align: Qt.AlignmentFlag) -> None:
    """A vote from the centre: left is short, right is long, the signed number at the right."""
    _line(painter, rect, cell.text, Face.TEXT, cell.token, RIGHT)
    track = _track(painter, rect)
    centre = track.center().x()
    end = QPointF(centre + track.width() / 2 * clipped(cell.fill, -1.0), track.bottom())
    painter.setBrush(color(cell.token))
    painter.drawRoundedRect(QRectF(QPointF(centre, track.top()), end).normalized(), 2, 2)
    painter.fillRect(QRectF(centre - 0.5, track.top() - 2, 1, 8), color(Token.T2))
    if cell.ghost is not None:
        _ghost(painter, track, (clipped(cell.ghost, -1.0) + 1) / 2)


def _track(painter: QPainter, rect: QRect) -> QRectF:
    track = QRectF(rect.left(), rect.center().y() - 1, rect.width() - FIGURE_WIDTH, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(Token.LINE2))
    painter.drawRoundedRect(track, 2, 2)
    return track


def _ghost(painter: QPainter, track: QRectF, share: float) -> None:
    at = track.left() + (track.width() - 2) * share
    painter.fillRect(QRectF(at, track.top() - 3, 2, 10), color(Token.T1))


def paint_spans(painter: QPainter, rect: QRect, cell: Cell, align: Qt.AlignmentFlag) -> None:
    """A bar with its filled parts; holes are the ground showing through."""
    draw_spans(painter, QRectF(rect.left(), rect.center().y() - 4, rect.width(), 9), cell.spans, cell.token)


def draw_spans(painter: QPainter, track: QRectF, spans: Sequence[tuple[float, float]], token: Token) -> None:
    """Fill the ``spans`` of ``track``; no part and no hole between two is too small to be seen."""
    painter.fillRect(track, color(Token.LINE))
    right = track.left()
    for first, last in spans:
        left = max(track.left() + track.width() * first, right + 1 if right > track.left() else track.left())
        right = max(track.left() + track.width() * last, left + 1)
        painter.fillRect(QRectF(left, track.top(), right - left, track.height()), color(token))


def paint_section(painter: QPainter, rect: QRect, cell: Cell, align: Qt.AlignmentFlag) -> None:
    """A heading."""
    _line(painter, rect.adjusted(0, 2, 0, 0), cell.text, Face.SECTION, cell.token, align)


def paint_icon(painter: QPainter, rect: QRect, cell: Cell, align: Qt.AlignmentFlag) -> None:
    """The icon in the middle."""
    if cell.text:
        where = QRect(0, 0, ICON_SIZE, ICON_SIZE)
        where.moveCenter(rect.center())
        icon(cell.text, cell.token).paint(painter, where)


_PAINTERS: dict[Kind, Painted] = {
    Kind.TEXT: paint_text,
    Kind.PILL: paint_pill,
    Kind.BAR: paint_bar,
    Kind.VOTE: paint_vote,
    Kind.SPANS: paint_spans,
    Kind.SECTION: paint_section,
    Kind.ICON: paint_icon,
}


@cache
def _face(face: Face) -> tuple[QFont, QFontMetrics]:
    size, weight, spacing, italic = face.value
    made = QFont(font(size, weight, spacing))
    made.setItalic(italic)
    return made, QFontMetrics(made)


def _text_face(cell: Cell) -> Face:
    return Face.BOLD if cell.bold else Face.FORMING if cell.italic else Face.TEXT


def _broken(text: str, kind: Face, width: int) -> tuple[str, str] | None:
    """As many words as fit into ``width``, and the rest; None where all fit, or not one does."""
    metrics = _face(kind)[1]
    if metrics.horizontalAdvance(text) <= width:
        return None
    words = text.split(" ")
    fitting = [at for at in range(1, len(words)) if metrics.horizontalAdvance(" ".join(words[:at])) <= width]
    return (" ".join(words[: fitting[-1]]), " ".join(words[fitting[-1] :])) if fitting else None


def _line(painter: QPainter, rect: QRect, text: str, kind: Face, token: Token, align: Qt.AlignmentFlag) -> None:
    if not text:
        return
    face, metrics = _face(kind)
    if metrics.horizontalAdvance(text) > rect.width():
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(face)
    painter.setPen(color(token))
    painter.drawText(rect, align, text)


def clipped(share: float, lowest: float) -> float:
    """``share`` brought into ``lowest`` to 1; what is undefined is nothing."""
    return max(lowest, min(1.0, share)) if share == share else 0.0
