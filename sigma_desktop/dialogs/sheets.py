"""The pages of the Help menu and the list of alerts: text to read, with one button to leave."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QScrollArea, QVBoxLayout, QWidget
from PySide6.QtWidgets import QLabel as Label

from sigma_desktop.theme.format import day_time
from sigma_desktop.theme.tokens import Token, font, value
from sigma_engine import AlertRaised, Severity, __version__

_INK = {Severity.INFORMATION: Token.T1, Severity.WARNING: Token.WARN, Severity.CRITICAL: Token.DOWN}


class Sheet(QDialog):
    """A page of rich text that scrolls where it is long."""

    def __init__(self, parent: QWidget, title: str, html: str, width: int = 460) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width)
        self.text = Label(html)
        self.text.setWordWrap(True)
        self.text.setFont(font(12))
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.text.linkActivated.connect(_open_link)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(self._scrolling(), 1)
        column.addWidget(buttons)
        self.resize(width, self.minimumSizeHint().height())

    def _scrolling(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidget(self.text)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumHeight(min(420, self.text.heightForWidth(self.minimumWidth() - 50) + 8))
        return area


def about(parent: QWidget) -> Sheet:
    """What this is."""
    quiet = value(Token.T1)
    return _opened(
        Sheet(
            parent,
            "About SIGMA",
            f"<p style='font-size:20px'><b>Σ SIGMA</b> <span style='color:{quiet}'>{__version__}</span></p>"
            "<p>Trades crypto perpetuals by probability, says how good its probabilities really are, "
            "and can prove afterwards why it did what it did.</p>"
            f"<p style='color:{quiet}'>Simulated results promise nothing. Icons: Material Design Icons. "
            "Font: Inter, SIL Open Font License.</p>",
        )
    )


def shortcuts(parent: QWidget, actions: Iterable[QAction]) -> Sheet:
    """Every key there is, from the actions themselves."""
    rows = [
        (_plain(action.text()), _quiet(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)))
        for action in actions
        if not action.shortcut().isEmpty()
    ]
    return _opened(Sheet(parent, "Keyboard shortcuts", _table(rows)))


def files(parent: QWidget, folders: Sequence[tuple[str, Path]]) -> Sheet:
    """Where everything is kept; a click opens the folder."""
    rows = [(_quiet(name), _folder_link(path)) for name, path in folders]
    return _opened(Sheet(parent, "Where are my files and logs", _table(rows), 560))


def alerts(parent: QWidget, raised: Sequence[AlertRaised]) -> Sheet:
    """What was raised, the newest first."""
    rows = [
        (
            _quiet(day_time(alert.at_ms)),
            _inked(alert.severity.value, _INK[alert.severity]),
            escape(alert.text),
        )
        for alert in reversed(raised)
    ]
    nothing = _quiet("Nothing so far. Refused orders, unfit candles and limits appear here.")
    return _opened(Sheet(parent, "Alerts", _table(rows) if rows else nothing, 560))


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows of cells that are HTML already."""
    lines = ("".join(f"<td style='padding:5px 18px 5px 0'>{cell}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _plain(menu_text: str) -> str:
    return escape(menu_text.replace("&", "").removesuffix("\u2026"))


def _quiet(text: str) -> str:
    return _inked(text, Token.T1)


def _inked(text: str, token: Token) -> str:
    return f"<span style='color:{value(token)}'>{escape(text)}</span>"


def _folder_link(path: Path) -> str:
    link = QUrl.fromLocalFile(str(path)).toString()
    return f"<a style='color:{value(Token.ACCENT)}' href='{link}'>{escape(str(path))}</a>"


def _open_link(link: str) -> None:
    QDesktopServices.openUrl(QUrl(link))


def _opened(sheet: Sheet) -> Sheet:
    sheet.open()
    return sheet
