"""Which candles a backtest runs on: history before the start, trading from it on, gaps filled or refused."""

import pytest

from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError
from sigma_engine.laboratory.span import cut_span
from tests.engine.laboratory.lab_samples import BAR_MS, BTC, ETH, START_MS, walk, without

DAY = 288


def at(number):
    """When the candle of a number opens."""
    return START_MS + number * BAR_MS


def cut(series, first=None, behind=None, **options):
    """The span of candles numbered from ``first`` up to ``behind``."""
    from_ms, to_ms = (None if number is None else at(number) for number in (first, behind))
    return cut_span(series, Timeframe.M5, from_ms, to_ms, **options)


def numbers(span, symbol=BTC):
    """The first and last candle of a span, by number."""
    stamps = span.series[symbol].open_ms
    return (int(stamps[0]) - START_MS) // BAR_MS, (int(stamps[-1]) - START_MS) // BAR_MS


@pytest.mark.parametrize(("count", "first"), [(600, 200), (9_000, 3_000), (12_000, 3_000), (2, 0)])
def test_without_a_start_the_replay_rule_says_how_much_is_history(count, first):
    span = cut({BTC: walk(count)})
    assert span.first_ms == at(first)
    assert numbers(span) == (0, count - 1)
    assert span.end_ms == at(count)


def test_with_an_end_alone_the_rule_holds_for_what_is_left():
    span = cut({BTC: walk(900)}, behind=300)
    assert (span.first_ms, numbers(span)) == (at(100), (0, 299))


@pytest.mark.parametrize(("first", "begins"), [(100, 0), (3_000, 0), (4_000, 1_000)])
def test_with_a_start_history_is_what_lies_before_it_but_at_most_3000_candles(first, begins):
    span = cut({BTC: walk(5_000)}, first, 4_500)
    assert span.first_ms == at(first)
    assert numbers(span) == (begins, 4_499)
    assert span.end_ms == at(4_500)


def test_more_history_can_be_asked_for():
    assert numbers(cut({BTC: walk(5_000)}, 4_000, history_bars=3_500)) == (500, 4_999)


def test_a_start_between_two_candles_is_the_next_one():
    assert cut_span({BTC: walk(50)}, Timeframe.M5, at(10) - 1, None).first_ms == at(10)


def test_a_start_before_all_candles_trades_from_the_first_and_says_that_nothing_came_before():
    span = cut({BTC: walk(50)}, -20)
    assert span.first_ms == at(0)
    assert any("warm up" in note for note in span.notes)


@pytest.mark.parametrize(("first", "behind"), [(100, None), (60, 70), (-20, -10), (None, -5)])
def test_a_span_without_candles_is_refused_with_what_there_is(first, behind):
    with pytest.raises(DataError, match=r"from 2025-06-01 00:00 to 2025-06-01 04:05 UTC") as refused:
        cut({BTC: walk(50)}, first, behind)
    assert "\n" not in str(refused.value)


def test_one_candle_is_too_little():
    with pytest.raises(DataError, match="one candle only"):
        cut({BTC: walk(1)})


def test_a_gap_of_a_day_is_filled_and_said():
    span = cut({BTC: without(walk(900), 400, 400 + DAY - 1)}, 300)
    assert numbers(span) == (0, 899)
    assert len(span.series[BTC]) == 900
    assert span.notes == ("BTC/USDT: 287 missing candles filled flat at the close before",)


def test_a_longer_gap_in_what_was_asked_for_is_refused_with_its_ends():
    candles = without(walk(1_500), 400, 1_000)
    with pytest.raises(DataError, match=r"BTC/USDT has no candle between 2025-06-02 09:15 and 2025-06-04 11:20 UTC"):
        cut({BTC: candles}, 300)


def test_a_longer_gap_in_the_history_shortens_the_history():
    span = cut({BTC: without(walk(1_500), 400, 1_000)}, 1_200)
    assert numbers(span) == (1_000, 1_499)


def test_without_a_start_the_longest_stretch_is_taken_and_what_is_left_out_said():
    span = cut({BTC: without(walk(2_000), 400, 1_000)})
    assert numbers(span) == (1_000, 1_999)
    assert span.notes == ("BTC/USDT: 400 candles beyond a gap of more than a day left out",)


def test_a_market_without_candles_in_the_span_is_left_out_and_said():
    span = cut({BTC: walk(900), ETH: walk(100)}, 500)
    assert list(span.series) == [BTC]
    assert "ETH/USDT" in " ".join(span.notes)


def test_markets_begin_at_one_moment():
    span = cut({BTC: walk(900), ETH: walk(600, first=300)}, 400)
    assert span.first_ms == at(400)
    assert (numbers(span), numbers(span, ETH)) == ((0, 899), (300, 899))
