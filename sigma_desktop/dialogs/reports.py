"""Writing a run to a file of a person's choice: as a report to read, its trades for a spreadsheet, or everything."""

from collections.abc import Callable
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from sigma_desktop.bridge.bench import Bench
from sigma_engine import TrialSummary

Told = Callable[[str], object]


class Form(Enum):
    """What a run can be written as: the file's ending, its kind in the dialog and the dialog's title."""

    REPORT = (".html", "Report (*.html)", "Save the report")
    TRADES = (".csv", "Trades (*.csv)", "Export the trades")
    EVERYTHING = (".json", "Everything (*.json)", "Export everything")


class Reports:
    """Bench where to, has ``bench`` write it, and says by ``told`` where it is or by ``refused`` why it is not."""

    def __init__(self, parent: QWidget, bench: Bench, told: Told, refused: Told) -> None:
        self._parent, self._bench = parent, bench
        self._told, self._refused = told, refused
        self.open_url: Callable[[QUrl], object] = QDesktopServices.openUrl
        """Opens a report with whatever the person reads HTML with."""

    def ask(self, summary: TrialSummary, form: Form) -> None:
        """Ask for a file and write the run to it; a report is opened then."""
        ending, kind, title = form.value
        name = f"{summary.strategy}-{summary.number}{ending}".replace(" ", "-").replace("/", "-").lower()
        dialog = QFileDialog(self._parent, title, str(Path.home() / name), kind)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending.removeprefix("."))
        dialog.fileSelected.connect(lambda chosen: self.write(summary, Path(chosen), form))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, summary: TrialSummary, path: Path, form: Form) -> None:
        """Write the run to ``path``."""
        self._bench.ask(
            lambda laboratory: laboratory.save_report(summary.trial_id, path),
            lambda written: self._written(written, form),
            self._refused,
        )

    def _written(self, path: Path, form: Form) -> None:
        self._told(f"Saved {path}")
        if form is Form.REPORT and not self.open_url(QUrl.fromLocalFile(str(path))):
            self._told(f"Saved {path}; open it with a browser.")
