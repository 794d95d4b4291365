"""Dresses the application: Fusion, an explicit palette, and one small style sheet from the tokens."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from sigma_desktop.theme.tokens import Palette, Token, color, font, use_palette, value

_ROLES = {
    QPalette.ColorRole.Window: Token.BG0,
    QPalette.ColorRole.Base: Token.BG1,
    QPalette.ColorRole.AlternateBase: Token.BG2,
    QPalette.ColorRole.Button: Token.BG2,
    QPalette.ColorRole.WindowText: Token.T0,
    QPalette.ColorRole.Text: Token.T0,
    QPalette.ColorRole.ButtonText: Token.T0,
    QPalette.ColorRole.BrightText: Token.ON_ACCENT,
    QPalette.ColorRole.PlaceholderText: Token.T2,
    QPalette.ColorRole.Highlight: Token.ACCENT2,
    QPalette.ColorRole.HighlightedText: Token.ON_ACCENT,
    QPalette.ColorRole.Link: Token.ACCENT,
    QPalette.ColorRole.ToolTipBase: Token.BG3,
    QPalette.ColorRole.ToolTipText: Token.T0,
    QPalette.ColorRole.Light: Token.BG3,
    QPalette.ColorRole.Midlight: Token.LINE2,
    QPalette.ColorRole.Mid: Token.LINE,
    QPalette.ColorRole.Dark: Token.BG0,
    QPalette.ColorRole.Shadow: Token.BG0,
    QPalette.ColorRole.Accent: Token.ACCENT,
}
_FADED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)

_SHEET = """
* {{ outline: 0; }}
QMainWindow, QDialog {{ background: {bg0}; }}
QMainWindow::separator {{ background: {bg0}; width: 6px; height: 6px; }}
QMainWindow::separator:hover {{ background: {accent}; }}
#header {{ background: {bg1}; border: 0; border-bottom: 1px solid {line}; }}
#panel {{ background: {bg1}; border: 1px solid {line}; border-radius: 8px; }}
#rule {{ background: {line2}; border: 0; }}
QLabel {{ background: transparent; }}
QLabel[ink="t0"] {{ color: {t0}; }}
QLabel[ink="t1"] {{ color: {t1}; }}
QLabel[ink="t2"] {{ color: {t2}; }}
QLabel[ink="down"] {{ color: {down}; }}
QLabel[ink="warn"] {{ color: {warn}; }}
QLabel[ink="up"] {{ color: {up}; }}
QLabel[ink="danger"] {{ color: {danger}; }}
QTableView {{ background: transparent; border: 0; color: {t0};
    selection-background-color: {bg3}; selection-color: {t0}; }}
QHeaderView {{ background: transparent; }}
QHeaderView::section {{ background: transparent; color: {t2}; border: 0;
    border-bottom: 1px solid {line}; padding: 0 8px; }}
QToolButton {{ color: {t1}; background: transparent; border: 1px solid transparent;
    border-radius: 5px; padding: 3px 8px; }}
QToolButton:hover, QToolButton:checked {{ background: {bg3}; color: {t0}; }}
QToolButton:focus, QPushButton:focus, QLineEdit:focus, QPlainTextEdit:focus {{ border: 1px solid {accent}; }}
QToolButton:disabled {{ color: {line2}; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}
QPushButton {{ background: {bg2}; color: {t0}; border: 1px solid {line2}; border-radius: 7px;
    padding: 0 14px; min-height: 26px; }}
QPushButton:hover {{ background: {bg3}; }}
QPushButton:disabled {{ color: {t2}; border-color: {line}; }}
QPushButton[kind="primary"], QPushButton:default {{ background: {accent2}; color: {on_accent};
    border-color: {accent2}; }}
QPushButton[kind="primary"]:disabled, QPushButton:default:disabled {{ background: {bg2}; color: {t2};
    border-color: {line2}; }}
QPushButton[kind="primary"]:hover:enabled, QPushButton:default:hover:enabled {{ background: {accent}; }}
QPushButton[kind="danger"] {{ background: transparent; color: {down}; border-color: {down}; }}
QPushButton[kind="danger"]:hover {{ background: {bg3}; }}
QPushButton[kind="danger"]:disabled {{ color: {t2}; border-color: {line2}; }}
QPushButton[kind="alarm"] {{ background: {danger}; color: {on_up}; border-color: {danger}; }}
QPushButton[kind="alarm"]:hover:enabled {{ border-color: {t0}; }}
QPushButton[kind="alarm"]:pressed {{ border: 2px solid {t0}; }}
QPushButton[kind="alarm"]:disabled {{ background: {bg2}; color: {t2}; border-color: {line2}; }}
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QComboBox {{ background: {bg2}; border: 1px solid {line2};
    border-radius: 7px; color: {t0}; padding: 3px 10px; selection-background-color: {accent2}; }}
QComboBox::drop-down {{ border: 0; width: 24px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox:focus, QPlainTextEdit:focus {{ border: 1px solid {accent}; }}
QComboBox:disabled, QLineEdit:disabled {{ color: {t2}; border-color: {line}; }}
QListView, QTreeView {{ background: {bg1}; border: 1px solid {line}; border-radius: 7px; color: {t0}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: 0; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
QScrollBar::handle {{ background: {line2}; border-radius: 4px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {t2}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; width: 0; height: 0; }}
QMenu {{ background: {bg2}; color: {t0}; border: 1px solid {line2}; border-radius: 7px; padding: 5px; }}
QMenu::item {{ padding: 6px 24px 6px 14px; border-radius: 5px; }}
QMenu::item:selected {{ background: {bg3}; }}
QMenu::item:disabled {{ color: {t2}; }}
QMenu::separator {{ height: 1px; background: {line2}; margin: 5px 8px; }}
QToolTip {{ background: {bg3}; color: {t0}; border: 1px solid {line2}; padding: 4px; }}
QTabBar::tab {{ background: {bg1}; color: {t2}; border: 1px solid {line}; padding: 4px 12px;
    border-radius: 5px; margin: 2px 2px; }}
QTabBar::tab:selected {{ background: {bg3}; color: {t0}; }}
QTabWidget::pane {{ border: 0; }}
"""


def dress(app: QApplication, chosen: Palette = Palette.DARK) -> None:
    """Give ``app`` SIGMA's look in the palette ``chosen``; called again, every widget restyles itself."""
    use_palette(chosen)
    app.setStyle("Fusion")
    app.styleHints().setColorScheme(Qt.ColorScheme.Dark)
    app.setPalette(_palette())
    app.setFont(font(12))
    app.setStyleSheet(_SHEET.format(**{token.value: value(token) for token in Token}))


def _palette() -> QPalette:
    made = QPalette()
    for role, token in _ROLES.items():
        made.setColor(role, color(token))
    for role in _FADED:
        made.setColor(QPalette.ColorGroup.Disabled, role, color(Token.T2))
    return made
