"""Two to six runs side by side: their curves over each other, their figures, and the settings that differ."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from sigma_desktop.models import comparison
from sigma_desktop.models.curve import curve_of
from sigma_desktop.models.rows import RowModel
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import PushButton
from sigma_desktop.widgets.curves_view import CurvesView, Drawn
from sigma_desktop.widgets.elided import ElidedLabel
from sigma_desktop.widgets.table import Table
from sigma_engine import Trial

SIZE = (980, 680)


class Compare(QDialog):
    """Shows ``trials`` in the order given; stays open beside the window until it is closed."""

    def __init__(self, parent: QWidget, trials: Sequence[Trial]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare backtests")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.trials = tuple(trials)
        self.curves = CurvesView()
        self.model = RowModel(comparison.columns(trials), comparison.key, lambda line: line.explanation)
        self.table = Table(self.model, "Backtests side by side")
        self.curves.show_curves([self._drawn(at, trial) for at, trial in enumerate(trials)])
        self.model.show(comparison.lines(trials))
        self._lay_out()
        self.resize(min(SIZE[0], max(480, parent.width() - 40)), min(SIZE[1], max(360, parent.height() - 40)))

    @staticmethod
    def _drawn(at: int, trial: Trial) -> Drawn:
        points = trial.result.curve or trial.result.equity
        name = f"{comparison.label(at + 1, trial)}, {trial.result.strategy}"
        return Drawn(name, curve_of(points), comparison.INKS[at])

    def _lay_out(self) -> None:
        split, foot, column = QSplitter(Qt.Orientation.Vertical), QHBoxLayout(), QVBoxLayout(self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.curves)
        split.addWidget(self.table)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        close = PushButton("Close")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        told = ElidedLabel(11, 450, Token.T2)
        told.show_text("Equity in percent from each run's start; the best of each figure has the word and the colour.")
        foot.addWidget(told, 1)
        foot.addWidget(close)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(split, 1)
        column.addLayout(foot)
