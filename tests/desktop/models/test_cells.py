import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.models.cells import Cell, Column, fitted, toned
from sigma_desktop.theme.tokens import Token


def column(width: int, stretch: int = 1, rank: int = 0) -> Column[str]:
    return Column("", Cell, None, width, stretch, rank=rank)


columns = st.lists(
    st.builds(column, st.integers(16, 200), st.integers(0, 8), st.integers(0, 4)), min_size=1, max_size=10
)


def test_what_is_left_over_is_shared_by_stretch() -> None:
    assert fitted([column(50, 0), column(50, 1), column(50, 3)], 230) == [50, 70, 110]


def test_the_highest_rank_gives_way_first() -> None:
    given_way = [column(50), column(50, rank=2), column(50, rank=1)]
    assert fitted(given_way, 150) == [50, 50, 50]
    assert fitted(given_way, 149)[1] == 0
    assert fitted(given_way, 99)[1:] == [0, 0]


def test_of_equal_ranks_the_last_gives_way_first() -> None:
    assert fitted([column(50), column(50, rank=1), column(50, rank=1)], 100) == [50, 50, 0]


def test_a_column_that_may_be_cut_is_cut_only_once_none_is_left_to_give_way() -> None:
    given_way = [column(50, 0), column(50, rank=1), Column("", Cell, None, 200, 1, least=60)]
    assert fitted(given_way, 300) == [50, 50, 200]
    assert fitted(given_way, 299) == [50, 0, 249]
    assert fitted(given_way, 180) == [50, 0, 130]
    assert fitted(given_way, 90) == [50, 0, 60]


@given(columns, st.integers(0, 2000))
def test_columns_that_never_give_way_keep_their_width(some: list[Column[str]], available: int) -> None:
    widths = fitted(some, available)
    assert all(width >= each.width for each, width in zip(some, widths, strict=True) if not each.rank)
    assert all(width == 0 or width >= each.width for each, width in zip(some, widths, strict=True))


@given(columns, st.integers(0, 2000))
def test_the_columns_fill_the_width_whenever_one_of_them_stretches(some: list[Column[str]], available: int) -> None:
    widths = fitted(some, available)
    shown = [each for each, width in zip(some, widths, strict=True) if width]
    if sum(each.width for each in shown) <= available and any(each.stretch for each in shown):
        assert sum(widths) == available


@pytest.mark.parametrize(
    ("amount", "token"), [(0.1, Token.UP), (-0.1, Token.DOWN), (0, Token.T0), (float("nan"), Token.T0)]
)
def test_only_gains_and_losses_are_coloured(amount: float, token: Token) -> None:
    assert toned(amount) is token
