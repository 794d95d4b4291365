"""The library of runs, asked from a laboratory: finding, noting, checking, deleting, opening, comparing, writing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from sigma_desktop.dialogs.compare import Compare
from sigma_desktop.dialogs.library import Library
from sigma_desktop.dialogs.library_foot import NOTHING_CHOSEN, Examination
from sigma_desktop.dialogs.reports import Form, Reports
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.models import library as model
from sigma_engine import Luck, Trial
from tests.desktop import trials
from tests.desktop.trials import KeptBench, KeptTrials

SEVERAL = tuple(range(3, 11))


@pytest.fixture
def bench(app: object) -> KeptBench:
    """A bench over eight runs; the newest are of another strategy's family."""
    kept = [
        trials.trial(
            number,
            Luck.REAL if number == 5 else Luck.LUCK,
            closed=trials.closed_trades(count=12),
            strategy="RSI Oversold" if number > 8 else "EMA Trend",
            family="rsi-cross" if number > 8 else "ema-cross",
        )
        for number in SEVERAL
    ]
    return KeptBench(KeptTrials(*kept))


@pytest.fixture
def home(app: object, qtbot: QtBot) -> Iterator[QWidget]:
    """The window it is opened over."""
    made = QWidget()
    made.resize(1366, 768)
    yield made
    for dialog in made.findChildren(Library) + made.findChildren(Compare):
        dialog.close()
    made.close()
    made.deleteLater()


async def opened(home: QWidget, bench: KeptBench) -> Library:
    made = Library(home, bench, bench.trialsChanged)
    made.show()
    await bench.settled()
    return made


def numbers(library: Library) -> list[int]:
    return [library.model.row(at).summary.number for at in range(library.model.rowCount())]


async def test_every_run_is_listed_the_newest_first(home: QWidget, bench: KeptBench, loop: SigmaLoop) -> None:
    library = await opened(home, bench)
    assert numbers(library) == list(SEVERAL)[::-1]
    assert library.count.text == "8 runs in 2 families"
    assert library.foot.words.text == NOTHING_CHOSEN
    assert not library.foot.delete.isEnabled()


async def test_before_any_run_it_says_how_to_begin(home: QWidget, loop: SigmaLoop) -> None:
    library = await opened(home, KeptBench(KeptTrials()))
    assert library.table.empty_title == "No backtest was run yet"
    assert "New backtest" in library.table.empty_hint


async def test_a_search_finds_and_says_where_it_does_not(home: QWidget, bench: KeptBench, loop: SigmaLoop) -> None:
    library = await opened(home, bench)
    library.search.setText("rsi")
    await bench.settled()
    assert numbers(library) == [10, 9]
    library.search.setText("nothing like it")
    await bench.settled()
    assert library.table.empty_title == "Nothing found"


async def test_any_column_sorts(home: QWidget, bench: KeptBench, loop: SigmaLoop) -> None:
    library = await opened(home, bench)
    assert all(column.key is not None for column in model.COLUMNS)
    titles = [column.title for column in model.COLUMNS]
    library.table.horizontalHeader().sectionClicked.emit(titles.index("Verdict"))
    assert library.model.row(0).summary.number == 5


async def test_the_chosen_run_tells_its_number_and_family(home: QWidget, bench: KeptBench, loop: SigmaLoop) -> None:
    library = await opened(home, bench)
    library.table.choose("trial-9")
    assert library.foot.words.text == "Trial 9 · family rsi-cross, 2 runs of it here"
    assert library.foot.delete.isEnabled()


async def test_a_note_is_written_in_its_place_and_kept(home: QWidget, bench: KeptBench, loop: SigmaLoop) -> None:
    library = await opened(home, bench)
    index = library.model.index(1, model.NOTE)
    library.table.clicked.emit(index)
    assert library.editor.isVisible()
    assert library.editor.geometry() == library.table.visualRect(index)
    library.editor.setText("holds up on ETH")
    QTest.keyClick(library.editor, Qt.Key.Key_Return)
    await bench.settled()
    assert bench.laboratory.kept["trial-9"].summary.note == "holds up on ETH"
    assert library.model.cell(1, model.NOTE).text == "holds up on ETH"
    assert library.isVisible()


async def test_escape_gives_a_note_up_and_leaves_the_library_open(
    home: QWidget, bench: KeptBench, loop: SigmaLoop
) -> None:
    library = await opened(home, bench)
    library.write_note(library.model.index(0, model.NOTE))
    library.editor.setText("never mind")
    QTest.keyClick(library.editor, Qt.Key.Key_Escape)
    await bench.settled()
    assert bench.laboratory.kept["trial-10"].summary.note == ""
    assert library.isVisible()


async def test_deleting_asks_in_the_dialog_and_says_that_it_stays_counted(
    home: QWidget, bench: KeptBench, loop: SigmaLoop
) -> None:
    library = await opened(home, bench)
    forgotten: list[str] = []
    library.forgotten.connect(forgotten.append)
    library.table.choose("trial-7")
    library.foot.delete.click()
    assert "stays counted as a trial" in library.foot.confirm.question.text()
    library.foot.confirm.no.click()
    await bench.settled()
    assert 7 in numbers(library)
    library.foot.delete.click()
    library.foot.confirm.yes.click()
    await bench.settled()
    assert 7 not in numbers(library)
    assert forgotten == ["trial-7"]


@pytest.mark.parametrize(("examination", "word"), [(Examination.LOOK_AHEAD, "Passed"), (Examination.WARM_UP, "Failed")])
async def test_a_check_is_one_press_and_tells_in_words(
    home: QWidget, bench: KeptBench, loop: SigmaLoop, examination: Examination, word: str
) -> None:
    library = await opened(home, bench)
    library.table.choose("trial-7")
    button = library.foot.look_ahead if examination is Examination.LOOK_AHEAD else library.foot.warm_up
    button.click()
    assert library.foot.news.accessibleName() == f"Checking the {examination.value} of run 7 0%"
    await bench.settled()
    assert library.foot.news.accessibleName().startswith(f"{word}, run 7: ")
    assert "cut at" in library.foot.news.toolTip()


async def test_runs_are_ticked_in_the_order_they_are_compared_in(
    home: QWidget, bench: KeptBench, loop: SigmaLoop
) -> None:
    library = await opened(home, bench)
    compared: list[list[Trial]] = []
    library.compared.connect(compared.append)
    for at in (2, 0):
        library.table.pressed.emit(library.model.row(at), model.TICK)
    assert library.compare.text() == "Compare 2 runs"
    library.compare.click()
    await bench.settled()
    assert [trial.summary.number for trial in compared[0]] == [8, 10]


async def test_one_run_or_seven_cannot_be_compared_and_the_button_says_why(
    home: QWidget, bench: KeptBench, loop: SigmaLoop
) -> None:
    library = await opened(home, bench)
    library.tick(library.model.row(0))
    assert not library.compare.isEnabled()
    assert library.compare.toolTip() == "Tick 2 to 6 runs to set them side by side"
    for at in range(1, 7):
        library.tick(library.model.row(at))
    assert not library.compare.isEnabled()
    assert "At most 6" in library.compare.toolTip()


async def test_what_a_search_hides_stays_ticked_and_what_is_deleted_does_not(
    home: QWidget, bench: KeptBench, loop: SigmaLoop
) -> None:
    library = await opened(home, bench)
    library.tick(library.model.row(0))
    library.tick(library.model.row(3))
    library.search.setText("ema")
    await bench.settled()
    assert library.ticked == ["trial-10", "trial-7"]
    del bench.laboratory.kept["trial-10"]
    library.search.clear()
    await bench.settled()
    assert library.ticked == ["trial-7"]


async def test_opening_a_run_hands_it_over_and_leaves(home: QWidget, bench: KeptBench, loop: SigmaLoop) -> None:
    library = await opened(home, bench)
    handed: list[Trial] = []
    library.opened.connect(handed.append)
    library.table.opened.emit(library.model.row(1))
    await bench.settled()
    assert [trial.summary.number for trial in handed] == [9]


async def test_a_run_that_is_gone_is_told_at_the_foot(home: QWidget, bench: KeptBench, loop: SigmaLoop) -> None:
    library = await opened(home, bench)
    del bench.laboratory.kept["trial-9"]
    library.table.opened.emit(library.model.row(1))
    await bench.settled()
    assert library.foot.news.accessibleName() == "There is no trial trial-9: choose one from the library."


@pytest.mark.parametrize("form", list(Form))
async def test_a_run_is_written_to_the_file_chosen_and_a_report_is_opened(
    home: QWidget, bench: KeptBench, loop: SigmaLoop, tmp_path: Path, form: Form
) -> None:
    said: list[str] = []
    looked_at: list[QUrl] = []
    reports = Reports(home, bench, said.append, said.append)
    reports.open_url = lambda url: looked_at.append(url) or True
    reports.ask(bench.laboratory.kept["trial-5"].summary, form)
    (dialog,) = home.findChildren(QFileDialog)
    assert dialog.defaultSuffix() == form.value[0].removeprefix(".")
    path = tmp_path / f"run{form.value[0]}"
    dialog.fileSelected.emit(str(path))
    dialog.close()
    await bench.settled()
    assert path.read_text("utf-8") == f"trial-5 {form.value[0]}"
    assert said == [f"Saved {path}"]
    assert [url.toLocalFile() for url in looked_at] == ([str(path)] if form is Form.REPORT else [])


def test_curves_start_together_and_say_what_each_came_to(home: QWidget) -> None:
    both = [trials.trial(3), trials.trial(4, closed=())]
    both[1] = replace(both[1], result=replace(both[1].result, curve=((0, 5_000.0), (86_400_000, 5_500.0))))
    dialog = Compare(home, both)
    dialog.show()
    assert [float(each.shares.equity[0]) for each in dialog.curves.drawn] == [0.0, 0.0]
    assert "2 · run 4, EMA Trend +10.00%" in dialog.curves.accessibleDescription()
    assert dialog.grab().width() > 400
