"""The window's sums against numpy's, over everything that ever passed through it."""

import copy
import pickle
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels.window import Window

values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


def filled(size: int, pushed: list[float]) -> Window:
    window = Window(size)
    window.extend(pushed)
    return window


@given(size=st.integers(1, 25), pushed=values)
def test_it_holds_the_newest_values_oldest_first(size: int, pushed: list[float]) -> None:
    assert filled(size, pushed).values() == pushed[-size:]
    assert len(filled(size, pushed)) == min(size, len(pushed))


@given(size=st.integers(1, 25), pushed=values)
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda window: pickle.loads(pickle.dumps(window))])
def test_a_copy_goes_its_own_way(duplicate: object, size: int, pushed: list[float]) -> None:
    window = filled(size, pushed)
    twin = duplicate(window)
    twin.extend([1.0])
    assert window.values() == pushed[-size:]
    assert twin.values() == [*pushed, 1.0][-size:]


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one value, not 0"):
        Window(0)


def test_an_empty_window_has_no_newest_value() -> None:
    assert isnan(Window(3).newest)
    assert np.array_equal(Window(3).values(), [])
