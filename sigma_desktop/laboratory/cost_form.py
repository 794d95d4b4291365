"""Account, costs and engine: a form whose fields come and go with what was chosen."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sigma_desktop.laboratory import cost_fields
from sigma_desktop.laboratory.form import Form
from sigma_engine import BacktestRequest


class CostForm(QWidget):
    """What a backtest begins with and what trading costs in it."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = Form(cost_fields.FIELDS)
        self.form.show_own(cost_fields.defaults())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        self.form.rows["fees"].edited.connect(self._take_fees)
        self.form.edited.connect(self._hear)
        self._show_what_matters()

    def recall(self, texts: Mapping[str, str]) -> None:
        """Show what was typed before."""
        self.form.show_texts(texts)
        self._show_what_matters()

    def error(self) -> str:
        """The first thing wrong, empty where all is sound."""
        return self.form.first_error()

    def take_fees_of(self, request: BacktestRequest) -> None:
        """Show the costs of a request made before."""
        if request.costs is not None:
            self.recall({"fees": cost_fields.OWN, **cost_fields.cost_texts(request.costs)})

    def _take_fees(self) -> None:
        self.form.show_texts(cost_fields.fee_texts(self.form.texts()["fees"]))

    def _hear(self) -> None:
        """Fees that no longer are those of the exchange are one's own."""
        texts = self.form.texts()
        fees = cost_fields.fee_texts(texts["fees"])
        if any(texts[key] != text for key, text in fees.items()):
            self.form.rows["fees"].show_text(cost_fields.OWN)
        self._show_what_matters()
        self.edited.emit()

    def _show_what_matters(self) -> None:
        wanted = cost_fields.shown(self.form.texts())
        for key, row in self.form.rows.items():
            row.setVisible(key in wanted)
