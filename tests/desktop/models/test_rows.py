from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from sigma_desktop.models.cells import Cell, Column, Kind
from sigma_desktop.models.rows import CELL, ROLES, RowModel

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@dataclass(frozen=True)
class Coin:
    name: str
    price: float | None
    volume: float = 0.0


COLUMNS: tuple[Column[Coin], ...] = (
    Column("Coin", lambda coin: Cell(coin.name), lambda coin: coin.name),
    Column("Price", lambda coin: Cell(f"{coin.price:.1f}" if coin.price is not None else "-"), lambda coin: coin.price),
    Column("Volume", lambda coin: Cell(f"{coin.volume:.0f}", below="USDT")),
    Column("", lambda coin: Cell("close", kind=Kind.ICON)),
)
THREE = (Coin("BTC", 97_000.0), Coin("ETH", 3_400.0), Coin("SOL", 188.0))


def made(*coins: Coin) -> RowModel[Coin]:
    model = RowModel(COLUMNS, lambda coin: coin.name, lambda coin: f"all about {coin.name}")
    model.show(coins)
    return model


def names(model: RowModel[Coin]) -> list[str]:
    return [model.row(at).name for at in range(model.rowCount())]


def heard(model: RowModel[Coin]) -> list[tuple[int, int, int, int]]:
    changes: list[tuple[int, int, int, int]] = []

    def hear(first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        assert roles == ROLES
        changes.append((first.row(), last.row(), first.column(), last.column()))

    model.dataChanged.connect(hear)
    return changes


def look_at_everything(model: RowModel[Coin]) -> None:
    for at in range(model.rowCount()):
        model.cell(at, 0)


def test_only_cells_that_read_differently_are_told() -> None:
    model = made(*THREE)
    look_at_everything(model)
    changes = heard(model)
    model.show([THREE[0], replace(THREE[1], price=3_401.0), replace(THREE[2], volume=0.3)])
    assert changes == [(1, 1, 1, 1)]


def test_each_changed_row_is_told_by_itself() -> None:
    model = made(*THREE)
    look_at_everything(model)
    changes = heard(model)
    model.show([replace(THREE[0], price=1.0), THREE[1], replace(THREE[2], price=2.0, volume=9.0)])
    assert changes == [(0, 0, 1, 1), (2, 2, 1, 2)]


def test_many_changes_between_two_flushes_are_told_once() -> None:
    model = made(*THREE)
    look_at_everything(model)
    changes = heard(model)
    for price in range(1000):
        model.put(replace(THREE[1], price=float(price)))
    assert changes == []
    model.flush()
    assert changes == [(1, 1, 1, 1)]
    assert model.cell(1, 1).text == "999.0"


def test_a_row_nobody_knows_is_ignored() -> None:
    model = made(*THREE)
    changes = heard(model)
    model.put(Coin("DOGE", 0.1))
    model.flush()
    assert changes == []
    assert names(model) == ["BTC", "ETH", "SOL"]


def test_new_rows_above_are_inserted_and_the_others_stay() -> None:
    model = made(*THREE)
    inserted: list[tuple[int, int]] = []
    anew: list[bool] = []
    model.rowsInserted.connect(lambda parent, first, last: inserted.append((first, last)))
    model.modelReset.connect(lambda: anew.append(True))
    model.show([Coin("XRP", 2.2), Coin("ADA", 0.6), *THREE])
    assert names(model) == ["XRP", "ADA", "BTC", "ETH", "SOL"]
    assert (inserted, anew) == ([(0, 1)], [])


def test_a_row_that_went_is_gone() -> None:
    model = made(*THREE)
    model.show([THREE[0], THREE[2]])
    assert names(model) == ["BTC", "SOL"]
    assert model.place("ETH") is None


@pytest.mark.parametrize(
    ("order", "expected"), [(UP, ["SOL", "ETH", "BTC", "NEW"]), (DOWN, ["BTC", "ETH", "SOL", "NEW"])]
)
def test_undefined_values_stand_last_whichever_way_it_is_sorted(order: Qt.SortOrder, expected: list[str]) -> None:
    model = made(Coin("NEW", None), *THREE)
    model.sort(1, order)
    assert names(model) == expected


def test_without_a_sort_rows_stand_as_given() -> None:
    model = made(*THREE)
    model.sort(1, UP)
    model.sort(-1)
    assert names(model) == ["BTC", "ETH", "SOL"]


def test_a_column_without_an_order_is_not_sorted_by() -> None:
    model = made(*THREE)
    model.sort(2, DOWN)
    assert names(model) == ["BTC", "ETH", "SOL"]


def test_new_rows_find_their_place_in_a_sorted_table() -> None:
    model = made(*THREE)
    model.sort(1, UP)
    model.show([Coin("LTC", 90.0), *THREE])
    assert names(model) == ["LTC", "SOL", "ETH", "BTC"]


def test_a_changed_row_keeps_its_place_in_a_sorted_table_until_it_is_sorted_again() -> None:
    model = made(*THREE)
    model.sort(1, UP)
    model.show([replace(THREE[0], price=1.0), *THREE[1:]])
    assert names(model) == ["SOL", "ETH", "BTC"]
    assert model.cell(2, 1).text == "1.0"
    model.sort(1, UP)
    assert names(model) == ["BTC", "SOL", "ETH"]


def test_the_chosen_row_is_followed_through_a_sort() -> None:
    model = made(*THREE)
    chosen = QPersistentModelIndex(model.index(0, 1))
    model.sort(1, UP)
    assert model.row(chosen.row()).name == "BTC"


def test_a_row_is_copied_with_its_columns_parted_by_tabs() -> None:
    assert made(*THREE).line(2) == "SOL\t188.0\t0 USDT"


def test_a_cell_tells_its_text_its_story_and_its_words_for_a_screen_reader() -> None:
    model = made(*THREE)
    index = model.index(0, 2)
    assert model.data(index) == "0"
    assert model.data(index, Qt.ItemDataRole.ToolTipRole) == "all about BTC"
    assert model.data(index, Qt.ItemDataRole.AccessibleTextRole) == "Volume 0 USDT"
    assert model.data(index, CELL) == model.cell(0, 2)
    assert model.data(model.index(0, 3)) == ""


coins = st.builds(Coin, st.sampled_from("ABCDEF"), st.none() | st.floats(-1e6, 1e6), st.floats(0, 9))
unique = st.lists(coins, max_size=6, unique_by=lambda coin: coin.name)
steps = st.lists(unique | st.tuples(st.integers(-1, 3), st.sampled_from([UP, DOWN])), max_size=8)


@given(steps)
def test_whatever_happens_the_model_keeps_qts_rules_and_shows_what_it_was_given(
    todo: list[list[Coin] | tuple[int, Qt.SortOrder]],
) -> None:
    model = made()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    given_last: list[Coin] = []
    for step in todo:
        if isinstance(step, tuple):
            model.sort(*step)
        else:
            given_last = step
            model.show(step)
        assert sorted(names(model)) == sorted(coin.name for coin in given_last)
        assert all(model.row(at) in given_last for at in range(model.rowCount()))
        assert [model.cell(at, 0).text for at in range(model.rowCount())] == names(model)
    tester.deleteLater()


def test_ten_thousand_rows_are_formatted_only_when_looked_at() -> None:
    formatted: list[str] = []

    def counting(name: Callable[[Coin], Cell]) -> Callable[[Coin], Cell]:
        return lambda coin: (formatted.append(coin.name), name(coin))[1]

    model = RowModel((Column("Coin", counting(lambda coin: Cell(coin.name))),), lambda coin: coin.name, lambda coin: "")
    model.show([Coin(str(number), 1.0) for number in range(10_000)])
    model.cell(5, 0)
    model.cell(5, 0)
    assert formatted == ["5"]
