"""Account, costs and engine: a form whose fields come and go with what was chosen."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sigma_desktop.laboratory import cost_fields
from sigma_desktop.laboratory.form import Form
from sigma_engine import Defaults


class CostForm(QWidget):
    """What a backtest begins with and what trading costs in it."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form, self._usual = Form(cost_fields.FIELDS), ""
        self.form.show_own(cost_fields.defaults())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        self.form.edited.connect(self._hear)
        self._show_what_matters()

    def recall(self, texts: Mapping[str, str]) -> None:
        """Show what was typed before."""
        self.form.show_texts(texts)
        self._show_what_matters()

    def show_defaults(self, defaults: Defaults) -> None:
        """Say what "as in the settings" comes to."""
        self._usual = cost_fields.in_words(defaults)
        self.form.rows["capital"].say_beside(f"The settings say {defaults.capital:,.0f} USDT.")
        self._show_what_matters()

    def error(self) -> str:
        """The first thing wrong, empty where all is sound."""
        return self.form.first_error()

    def _hear(self, key: str) -> None:
        """The exchange brings its fees; fees that no longer are the exchange's are one's own."""
        texts = self.form.texts()
        fees = cost_fields.fee_texts(texts["fees"])
        if key == "fees":
            self.form.show_texts(fees)
        elif any(texts[key] != text for key, text in fees.items()):
            self.form.rows["fees"].show_text(cost_fields.OWN)
        self._show_what_matters()
        self.edited.emit()

    def _show_what_matters(self) -> None:
        texts = self.form.texts()
        self.form.rows["fees"].say_beside(self._usual if texts["fees"] == cost_fields.AS_SET else "")
        wanted = cost_fields.shown(texts)
        for key, row in self.form.rows.items():
            row.setVisible(key in wanted)
