"""How the connect dialog is laid out: one row a field, its error below it, the findings, the buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from sigma_desktop.connecting.entry import Part
from sigma_desktop.laboratory.editors import HEIGHT
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.note import Note

if TYPE_CHECKING:
    from sigma_desktop.connecting.connect import ConnectExchange

LABEL_PX = 104
_MARGIN_PX = 20
SIDES_PX = 2 * _MARGIN_PX
"""What the dialog's margins take of its width."""
_ADVICE = (
    "Make the keys at the exchange with the right to trade and without the right to withdraw. "
    "They are kept in this system's keyring and nowhere else."
)


def lay_out(dialog: ConnectExchange) -> dict[Part, QWidget]:
    """Put the dialog's widgets in their places; returns the row of each field."""
    fields: dict[Part, tuple[str, QWidget]] = {
        Part.VENUE: ("Exchange", dialog.venue),
        Part.MONEY: ("Money", dialog.money),
        Part.ADDRESS: ("Address", dialog.address),
        Part.KEY: ("Key", dialog.key),
        Part.SECRET: ("Secret", dialog.secret),
        Part.PASSPHRASE: ("Passphrase", dialog.passphrase),
    }
    column = QVBoxLayout(dialog)
    column.setContentsMargins(_MARGIN_PX, 18, _MARGIN_PX, 14)
    column.setSpacing(8)
    column.addWidget(Note(_ADVICE, Token.T1, 12))
    column.addSpacing(4)
    rows = {}
    for part, (title, editor) in fields.items():
        rows[part] = field_row(title, editor, dialog.errors[part], *_beside(dialog, part))
        column.addWidget(rows[part])
    for widget in (dialog.known, dialog.state, dialog.findings, dialog.confirm):
        column.addWidget(widget)
    column.addSpacing(4)
    column.addLayout(_buttons(dialog))
    return rows


def field_row(title: str, editor: QWidget, error: Note, *more: Note) -> QWidget:
    """A name, its editor, and below it what is wrong and what else is to be said."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(3)
    grid.setColumnMinimumWidth(0, LABEL_PX)
    grid.setColumnStretch(1, 1)
    label = Note(title, Token.T1, 12)
    label.setFixedHeight(HEIGHT)
    grid.addWidget(label, 0, 0)
    grid.addWidget(editor, 0, 1)
    for at, note in enumerate((error, *more), 1):
        grid.addWidget(note, at, 1)
    return made


def _beside(dialog: ConnectExchange, part: Part) -> tuple[Note, ...]:
    return (dialog.locked,) if part is Part.MONEY else ()


def _buttons(dialog: ConnectExchange) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in (dialog.test, dialog.save, dialog.forget):
        row.addWidget(button)
    row.addStretch(1)
    for button in (dialog.open_, dialog.close_):
        row.addWidget(button)
    for button in (dialog.test, dialog.save, dialog.forget, dialog.open_, dialog.close_):
        button.setAutoDefault(False)
    return row
