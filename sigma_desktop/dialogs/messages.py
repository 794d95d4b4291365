"""Things a person is told or asked in a window of their own; nothing waits inside, answers arrive by call."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QInputDialog, QMessageBox, QWidget

Answer = tuple[str, Callable[[], None]]
Dialog = TypeVar("Dialog", bound=QDialog)


def tell(parent: QWidget, title: str, text: str, hint: str = "", icon: QMessageBox.Icon | None = None) -> QMessageBox:
    """Open a message with one button; ``hint`` is the next step, below the sentence."""
    box = QMessageBox(icon or QMessageBox.Icon.Warning, title, text, QMessageBox.StandardButton.Ok, parent)
    box.setInformativeText(hint)
    return _opened(box)


def confirm(parent: QWidget, title: str, text: str, hint: str, answers: Sequence[Answer]) -> QMessageBox:
    """Ask; the deed of the answer pressed is done, the first being the default, and nothing happens on Cancel."""
    box = QMessageBox(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.Cancel, parent)
    box.setInformativeText(hint)
    deeds = {box.addButton(word, QMessageBox.ButtonRole.AcceptRole): deed for word, deed in answers}
    box.setDefaultButton(next(iter(deeds)))
    box.buttonClicked.connect(lambda button: deeds[button]() if button in deeds else None)
    return _opened(box)


def ask_name(parent: QWidget, title: str, label: str, begin: str, then: Callable[[str], None]) -> QInputDialog:
    """Ask for a name; ``then`` gets it, trimmed, unless it is empty or the dialog is dismissed."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(begin)
    dialog.textValueSelected.connect(lambda text: then(text.strip()) if text.strip() else None)
    return _opened(dialog)


def _opened(dialog: Dialog) -> Dialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.open()
    return dialog
