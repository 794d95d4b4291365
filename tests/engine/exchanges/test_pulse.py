"""When prices are old, and when a stream has lost its way."""

from sigma_engine.domain.candle import Candle
from sigma_engine.domain.feed_way import FeedWay
from sigma_engine.exchanges.pulse import Pulse

MINUTE = 60_000
START = 1_750_000_020_000 // MINUTE * MINUTE


def row(volume: float, minute: int = 0) -> Candle:
    return Candle(START + minute * MINUTE, 1.0, 1.0, 1.0, 1.0, volume)


def test_prices_are_as_old_as_the_last_new_one() -> None:
    pulse = Pulse(MINUTE, START)
    pulse.hear(row(1), START + 1_000)
    pulse.hear(row(1), START + 9_000)
    assert pulse.age_ms(START + 9_000) == 8_000
    assert not pulse.is_stale(START + 11_000)
    assert pulse.is_stale(START + 11_001)


def test_an_answer_that_says_the_same_makes_quiet_prices_fresh() -> None:
    pulse = Pulse(MINUTE, START)
    pulse.hear(row(1), START + 1_000)
    pulse.answer(row(1), START + 9_000)
    assert pulse.age_ms(START + 9_000) == 0
    assert not pulse.is_behind(START + 60_000)


def test_what_is_told_of_a_candle_that_is_over_is_as_old_as_its_close() -> None:
    pulse = Pulse(MINUTE, START)
    pulse.answer(row(1), START + MINUTE + 30_000)
    assert pulse.age_ms(START + MINUTE + 30_000) == 30_000


def test_in_a_slow_market_prices_may_be_older() -> None:
    pulse = Pulse(MINUTE, START)
    now = START
    for trade in range(60):
        now = START + trade * 20_000
        pulse.hear(row(trade % 3 + 1, trade // 3), now)
    assert not pulse.is_stale(now + 35_000)
    assert pulse.is_stale(now + 45_000)


def test_a_stream_is_behind_when_it_does_not_tell_in_time_what_an_answer_knew() -> None:
    pulse = Pulse(MINUTE, START)
    pulse.hear(row(1), START)
    pulse.answer(row(2), START + 1_000)
    assert not pulse.is_behind(START + 5_999)
    assert pulse.is_behind(START + 6_000)
    pulse.hear(row(2), START + 5_000)
    assert not pulse.is_behind(START + 60_000)


def test_a_stream_that_never_said_anything_is_behind_once_the_market_moved() -> None:
    pulse = Pulse(MINUTE, START)
    pulse.connect()
    pulse.answer(row(1), START + 1_000)
    assert not pulse.is_behind(START + 20_000), "nobody traded: there was nothing to say"
    pulse.answer(row(2), START + 20_000)
    assert pulse.is_behind(START + 25_000)


def test_a_stream_that_is_back_within_two_seconds_was_never_gone() -> None:
    pulse = Pulse(MINUTE, START)
    pulse.hear(row(1), START)
    pulse.lose(START + 1_000)
    assert pulse.way(START + 3_000) is FeedWay.STREAM
    pulse.hear(row(1), START + 3_000)
    assert pulse.way(START + 3_001) is FeedWay.STREAM
    pulse.lose(START + 4_000)
    pulse.lose(START + 5_500)
    assert pulse.way(START + 6_001) is FeedWay.REBUILDING, "it has been gone since it was lost first"
    pulse.hear(row(2), START + 6_500)
    assert pulse.way(START + 6_500) is FeedWay.STREAM


def test_a_stream_that_comes_back_with_old_news_is_not_back() -> None:
    pulse = Pulse(MINUTE, START)
    pulse.hear(row(1), START)
    pulse.lose(START)
    pulse.answer(row(5), START + 5_000)
    pulse.connect()
    pulse.hear(row(1), START + 6_000)
    assert pulse.way(START + 6_000) is FeedWay.REBUILDING
    pulse.hear(row(5), START + 7_000)
    assert pulse.way(START + 7_000) is FeedWay.STREAM


def test_a_market_whose_stream_says_nothing_new_is_one_that_is_asked_whatever_the_answers() -> None:
    pulse = Pulse(MINUTE, START)
    pulse.hear(row(1), START)
    assert pulse.way(START + 7_000) is FeedWay.STREAM
    for second in range(8, 60):
        pulse.answer(row(1), START + second * 1_000)
        assert pulse.way(START + second * 1_000) is FeedWay.ASKED
    pulse.hear(row(2), START + 60_000)
    assert pulse.way(START + 60_000) is FeedWay.STREAM


def test_the_slow_stream_of_a_slow_market_is_a_stream() -> None:
    pulse = Pulse(MINUTE, START)
    for trade in range(60):
        pulse.hear(row(trade % 3 + 1, trade // 3), START + trade * 20_000)
    assert pulse.way(START + 59 * 20_000 + 30_000) is FeedWay.STREAM
    assert pulse.way(START + 59 * 20_000 + 35_000) is FeedWay.ASKED
