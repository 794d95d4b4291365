import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.panels.chart.aggregation import Folding, aggregated
from sigma_engine import Candle, Candles
from tests.desktop import market

MINUTE = 60_000


@st.composite
def minutes(draw: st.DrawFn) -> Candles:
    """Candles of a minute, some of them missing."""
    kept = draw(st.lists(st.integers(0, 400), min_size=1, max_size=200, unique=True))
    stamps = np.array(sorted(kept), np.int64) * MINUTE + draw(st.integers(0, 10**6)) * MINUTE
    whole = market.candles(count=len(stamps))
    return Candles(stamps, *whole.columns()[1:])


def by_hand(candles: Candles, interval_ms: int) -> list[Candle]:
    """The same, candle by candle with dictionaries."""
    groups: dict[int, list[Candle]] = {}
    for candle in candles:
        groups.setdefault(candle.open_ms - candle.open_ms % interval_ms, []).append(candle)
    return [
        Candle(
            start,
            group[0].open,
            max(candle.high for candle in group),
            min(candle.low for candle in group),
            group[-1].close,
            float(np.add.reduce([candle.volume for candle in group])),
        )
        for start, group in groups.items()
    ]


def assert_same(left: list[Candle], right: list[Candle]) -> None:
    assert [candle.open_ms for candle in left] == [candle.open_ms for candle in right]
    for name in ("open", "high", "low", "close", "volume"):
        np.testing.assert_allclose([getattr(c, name) for c in left], [getattr(c, name) for c in right], rtol=1e-12)


@given(minutes(), st.sampled_from([5, 15, 60, 240]))
def test_a_block_folds_as_by_hand(candles: Candles, length: int) -> None:
    assert_same(list(aggregated(candles, length * MINUTE)), by_hand(candles, length * MINUTE))


def test_no_candles_fold_into_none() -> None:
    assert len(aggregated(Candles.empty(), 5 * MINUTE)) == 0


@given(minutes(), st.sampled_from([1, 5, 15]), st.data())
def test_folding_candle_by_candle_gives_what_folding_a_block_gives(
    candles: Candles, length: int, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(candles)))
    folding = Folding(MINUTE, length * MINUTE)
    finished = list(folding.load(candles.slice(0, cut)))
    for candle in candles.slice(cut):
        finished += folding.close(candle)
    unfinished = folding.live(None)
    assert_same(finished + ([unfinished] if unfinished else []), by_hand(candles, length * MINUTE))


def test_the_forming_candle_shows_in_the_unfinished_one_and_leaves_it_as_it_was() -> None:
    folding = Folding(MINUTE, 5 * MINUTE)
    folding.close(Candle(0, 10.0, 12.0, 9.0, 11.0, 3.0))
    forming = Candle(MINUTE, 11.0, 15.0, 8.0, 14.0, 2.0)
    assert folding.live(forming) == Candle(0, 10.0, 15.0, 8.0, 14.0, 5.0)
    assert folding.live(None) == Candle(0, 10.0, 12.0, 9.0, 11.0, 3.0)


def test_a_candle_is_finished_by_the_last_of_its_parts() -> None:
    folding = Folding(MINUTE, 3 * MINUTE)
    parts = [Candle(at * MINUTE, 1.0, 2.0, 0.5, 1.5, 1.0) for at in range(3)]
    assert [len(folding.close(part)) for part in parts] == [0, 0, 1]


def test_after_a_gap_the_candle_before_it_is_finished_too() -> None:
    folding = Folding(MINUTE, 3 * MINUTE)
    folding.close(Candle(0, 1.0, 2.0, 0.5, 1.5, 1.0))
    assert [candle.open_ms for candle in folding.close(Candle(5 * MINUTE, 1.0, 2.0, 0.5, 1.5, 1.0))] == [0, 3 * MINUTE]
