"""Sums with a finite memory: what they hold depends on the index, not on where the series began."""

from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels.ledger import StretchedSums

SPAN, STRETCHES = 7, 3


def filled(entries: list[tuple[int, float]]) -> StretchedSums:
    sums = StretchedSums(2, SPAN, STRETCHES)
    for index, amount in entries:
        sums.add(index, 1, amount)
    return sums


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-9, 9)), min_size=1, max_size=80))
def test_totals_hold_the_last_stretches_and_nothing_older(steps: list[tuple[int, int]]) -> None:
    entries, index = [], 0
    for step, amount in steps:
        index += step
        entries.append((index, float(amount)))
    oldest = (index // SPAN - STRETCHES + 1) * SPAN
    assert filled(entries).total(index, 1) == sum(amount for at, amount in entries if at >= oldest)
    assert filled(entries).total(index, 0) == 0


@given(st.integers(0, 60), st.lists(st.floats(-1, 1), min_size=60, max_size=90))
def test_a_series_that_began_later_remembers_the_same_bits(start: int, amounts: list[float]) -> None:
    entries = list(enumerate(amounts))
    last = entries[-1][0]
    start = min(start, (last // SPAN - STRETCHES + 1) * SPAN)
    assert filled(entries[start:]).total(last, 1) == filled(entries).total(last, 1)


def test_a_long_silence_forgets_everything() -> None:
    sums = filled([(0, 3.0), (1, 4.0)])
    assert sums.total(1, 1) == 7.0
    assert sums.total(1 + SPAN * STRETCHES, 1) == 0.0


def test_a_copy_goes_its_own_way() -> None:
    sums = filled([(0, 3.0)])
    twin = sums.copy()
    twin.add(1, 1, 4.0)
    assert (sums.total(1, 1), twin.total(1, 1)) == (3.0, 7.0)
