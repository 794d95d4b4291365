"""Downloads through ccxt's own clients, from a venue on this machine."""

import json
from collections.abc import Callable

import numpy as np
import pytest

from sigma_engine.assembly.downloads import Download, download_candles
from sigma_engine.domain.history import DownloadRequest, Gap
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError, InputError, Stopped, UnknownSymbol, VenueError
from tests.servers.venues import DAY_MS, DIALECTS, HOUR_MS, MINUTE_MS, NOW_MS, Fault, Venue, serving

FORMING_5M = NOW_MS - NOW_MS % (5 * MINUTE_MS)


def download(
    venue: Venue,
    since_ms: int,
    until_ms: int | None = None,
    *,
    timeframe: Timeframe = Timeframe.M5,
    symbol: str = "BTC/USDT:USDT",
    tell: Callable[[float], None] = lambda share: None,
    stop: Callable[[], bool] = lambda: False,
) -> Download:
    wanted = DownloadRequest(venue=venue.name, symbol=symbol, timeframe=timeframe, since_ms=since_ms, until_ms=until_ms)
    return download_candles(wanted, tell, stop, venue.url)


def stamps(first_ms: int, end_ms: int, interval_ms: int = 5 * MINUTE_MS) -> list[int]:
    return list(range(first_ms, end_ms, interval_ms))


def assert_true(found: Download, venue: Venue, expected: list[int]) -> None:
    """The candles are the venue's own, at the expected times and no other."""
    assert found.candles.open_ms.tolist() == expected
    truth = np.array([venue.market.row(stamp) for stamp in expected], np.float64)
    for column, values in enumerate(found.candles.columns()):
        assert np.array_equal(values, truth[:, column])


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("timeframe", [Timeframe.M1, Timeframe.H1, Timeframe.D1])
def test_every_venue_gives_all_its_finished_candles_once(dialect: type[Venue], timeframe: Timeframe) -> None:
    interval_ms = timeframe.interval_ms
    forming_ms = NOW_MS - NOW_MS % interval_ms
    since_ms = forming_ms - min(3_210 * interval_ms, 900 * DAY_MS)
    with serving(dialect()) as venue:
        found = download(venue, since_ms, timeframe=timeframe)
        assert_true(found, venue, stamps(since_ms, forming_ms, interval_ms))
    assert found.report.gaps == ()
    assert (found.report.duplicates, found.report.rejected_count) == (0, 0)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_the_end_of_a_span_is_left_out_and_its_start_is_not(dialect: type[Venue]) -> None:
    since_ms, until_ms = FORMING_5M - 2 * DAY_MS, FORMING_5M - DAY_MS
    with serving(dialect()) as venue:
        assert_true(download(venue, since_ms, until_ms), venue, stamps(since_ms, until_ms))
        assert_true(download(venue, since_ms - 1, since_ms + 1), venue, [since_ms])


def test_nothing_but_public_questions_is_asked_and_no_key_is_sent(weex: Venue) -> None:
    download(weex, FORMING_5M - 2 * DAY_MS)
    paths = {path for path, _ in weex.requests}
    assert paths == {
        "/api/v3/exchangeInfo",
        "/capi/v3/market/exchangeInfo",
        "/capi/v3/market/time",
        "/capi/v3/market/klines",
    }
    sent = {name.lower() for headers in weex.headers for name in headers}
    assert not {name for name in sent if "key" in name or "sign" in name or "auth" in name or "passphrase" in name}


def test_weex_gives_the_newest_thousand_in_one_call_and_the_past_in_hundreds(weex: Venue) -> None:
    download(weex, FORMING_5M - 998 * 5 * MINUTE_MS)
    assert len(weex.asked("klines")) == 1
    assert weex.asked("historyKlines") == []
    weex.requests.clear()
    download(weex, FORMING_5M - 1_298 * 5 * MINUTE_MS)
    assert len(weex.asked("historyKlines")) == 3


def test_the_venues_rate_limit_is_kept(weex: Venue, waits: list[float]) -> None:
    download(weex, FORMING_5M - 1_998 * 5 * MINUTE_MS)
    history = [seconds for seconds in waits if 0.3 < seconds <= 0.5]
    assert len(history) == 10, "each page of the past waits for about half a second since the call before"


def test_the_venues_clock_says_which_candle_is_finished(weex: Venue) -> None:
    weex.market.now_ms = FORMING_5M + 5 * MINUTE_MS - 1
    assert download(weex, FORMING_5M - HOUR_MS).report.last_ms == FORMING_5M - 5 * MINUTE_MS
    weex.market.now_ms = FORMING_5M + 5 * MINUTE_MS
    assert download(weex, FORMING_5M - HOUR_MS).report.last_ms == FORMING_5M


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("hours", [1, 30, 24 * 60])
def test_a_hole_stays_a_hole_and_is_told(dialect: type[Venue], hours: int) -> None:
    hour = Timeframe.H1
    start_ms = NOW_MS - NOW_MS % DAY_MS - 100 * DAY_MS
    hole = (start_ms + 5 * HOUR_MS, start_ms + (5 + hours) * HOUR_MS)
    with serving(dialect()) as venue:
        venue.market.holes.append(hole)
        found = download(venue, start_ms, start_ms + 90 * DAY_MS, timeframe=hour)
        before, after = stamps(start_ms, hole[0], HOUR_MS), stamps(hole[1], start_ms + 90 * DAY_MS, HOUR_MS)
        assert_true(found, venue, before + after)
    assert found.report.gaps == (Gap(hole[0] - HOUR_MS, hours),)


def test_a_long_hole_costs_few_questions(weex: Venue) -> None:
    start_ms = FORMING_5M - 400 * DAY_MS
    weex.market.holes.append((start_ms + HOUR_MS, start_ms + 390 * DAY_MS))
    found = download(weex, start_ms)
    assert found.report.gaps[0].missing == 390 * 288 - 12
    assert len(weex.asked("Klines")) < 60, "5m pages through the hole alone would be 1,123"


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_start_before_the_listing_begins_with_the_listing_and_says_so(dialect: type[Venue]) -> None:
    with serving(dialect()) as venue:
        venue.market.listed_ms = FORMING_5M - 15 * DAY_MS
        found = download(venue, FORMING_5M - 3_000 * DAY_MS)
        assert_true(found, venue, stamps(venue.market.listed_ms, FORMING_5M))
        assert len(venue.requests) < 120
    assert "has BTC/USDT 5m candles from 2025-05-27 07:00 UTC on only" in found.report.notes[0]


def test_candles_that_are_kept_for_a_while_only_begin_where_they_begin(weex: Venue) -> None:
    kept_ms = FORMING_5M - 12 * DAY_MS - 35 * MINUTE_MS
    weex.market.kept_from_ms[5 * MINUTE_MS] = kept_ms
    found = download(weex, FORMING_5M - 700 * DAY_MS)
    assert_true(found, weex, stamps(kept_ms, FORMING_5M))
    assert any("on only" in note for note in found.report.notes)
    assert len(weex.asked("Klines")) < 120


def test_no_candle_in_the_span_is_an_error(weex: Venue) -> None:
    weex.market.listed_ms = FORMING_5M - DAY_MS
    with pytest.raises(DataError, match=r"WEEX has no BTC/USDT 5m candles between .* choose other dates"):
        download(weex, FORMING_5M - 30 * DAY_MS, FORMING_5M - 20 * DAY_MS)


def test_what_cannot_be_a_candle_is_left_out_and_counted(weex: Venue) -> None:
    start_ms = FORMING_5M - HOUR_MS
    rows = [[stamp, "100", "101", "99", "100", "1", stamp, "0", 1, "0", "0"] for stamp in stamps(start_ms, FORMING_5M)]
    rows[3][2] = "98"
    rows[5][4] = None
    weex.fail("klines", *[Fault(200, json.dumps([*rows, rows[7], rows[8]]))])
    found = download(weex, start_ms)
    assert (found.report.rows, len(found.candles)) == (14, 10)
    assert (found.report.duplicates, found.report.rejected_count) == (2, 2)
    assert "high 98 is below open or close" in found.report.rejected[0].reason


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, "slow down", {"Content-Type": "text/plain"}),
        Fault(429, '{"code": -1000, "msg": "too many requests"}'),
        Fault(500, "<html>oops</html>", {"Content-Type": "text/html"}),
        Fault(502, ""),
        Fault(500, '{"code": -1054, "msg": "System error, please retry later."}'),
        Fault(200, '{"code": -1000, "msg": "UNKNOWN"}'),
        Fault(200, "<html>a captive portal</html>", {"Content-Type": "text/html"}),
        Fault(200, ""),
        Fault(200, '[["a", "b"'),
        Fault(200, '["oops", 7]'),
        Fault(200, '{"data": []}'),
        Fault(504, ""),
        Fault(hang_up=True),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/capi/v3/market/exchangeInfo", "/time", "historyKlines"])
def test_what_may_pass_is_asked_again_and_nothing_is_lost(
    weex: Venue, waits: list[float], path: str, fault: Fault
) -> None:
    weex.fail(path, fault, fault)
    since_ms = FORMING_5M - 1_500 * 5 * MINUTE_MS
    assert_true(download(weex, since_ms), weex, stamps(since_ms, FORMING_5M))
    pauses = sum(seconds for seconds in waits if seconds == 0.25)
    assert pauses == 3, "a second, then two"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault(429, "slow down"), "WEEX takes no more questions from this network: download again later."),
        (Fault(502, ""), r"WEEX is under maintenance or overloaded \(HTTP 502\): download again later."),
        (Fault(200, "<html>"), "WEEX answered with something SIGMA cannot read: download again later."),
        (Fault(504, ""), "WEEX did not answer in time"),
        (Fault(hang_up=True), "WEEX cannot be reached: check the network connection, then download again."),
        (Fault(500, '{"code": -1054, "msg": "again"}'), r"refused to give BTC/USDT 5m candles \(weex .*: download"),
    ],
    ids=str,
)
def test_what_does_not_pass_is_given_up_with_one_sentence(
    weex: Venue, waits: list[float], fault: Fault, sentence: str
) -> None:
    weex.fail("klines", *[fault] * 9)
    with pytest.raises(VenueError, match=sentence):
        download(weex, FORMING_5M - HOUR_MS)
    assert len(weex.asked("klines")) == 5
    assert sum(seconds for seconds in waits if seconds == 0.25) == 15


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault(403, "forbidden"), r"WEEX does not serve this network \(HTTP 403\), perhaps because of its location"),
        (Fault(451, "unavailable"), r"\(HTTP 451\), perhaps because of its location: choose another exchange"),
        (Fault(418, "teapot", {"Retry-After": "7200"}), "no more questions from this network for 7200 seconds"),
        (Fault(429, "slow down", {"Retry-After": "600"}), "no more questions from this network for 600 seconds"),
        (Fault(400, '{"code": -1140, "msg": "bad"}'), "refused to give BTC/USDT 5m candles"),
        (Fault(200, '{"code": -1121, "msg": "bad symbol"}'), None),
    ],
    ids=str,
)
def test_what_cannot_pass_is_asked_once(weex: Venue, fault: Fault, sentence: str | None) -> None:
    weex.fail("klines", fault)
    with pytest.raises(UnknownSymbol if sentence is None else VenueError, match=sentence):
        download(weex, FORMING_5M - HOUR_MS)
    assert len(weex.asked("klines")) == 1


def test_maintenance_is_called_that_and_not_waited_for() -> None:
    okx = next(dialect for dialect in DIALECTS if dialect.name == "okx")
    with serving(okx()) as venue:
        venue.fail("candles", Fault(200, '{"code": "50001", "msg": "Service temporarily unavailable", "data": []}'))
        with pytest.raises(VenueError, match="OKX is under maintenance or overloaded: download again later"):
            download(venue, FORMING_5M - HOUR_MS)
        assert len(venue.asked("candles")) == 1


def test_a_named_wait_is_kept(weex: Venue, waits: list[float]) -> None:
    weex.fail("klines", Fault(429, "slow down", {"Retry-After": "20"}))
    download(weex, FORMING_5M - HOUR_MS)
    assert sum(seconds for seconds in waits if seconds == 0.25) == 20


def test_a_server_that_is_not_there_is_no_network(weex: Venue) -> None:
    with serving(type(weex)()) as gone:
        pass
    with pytest.raises(VenueError, match="WEEX cannot be reached: check the network connection"):
        download(gone, FORMING_5M - HOUR_MS)


def test_a_symbol_the_venue_does_not_list_is_named_with_the_nearest(weex: Venue) -> None:
    with pytest.raises(UnknownSymbol, match=r"WEEX has no DOGG/USDT perpetual. Did you mean DOGE\? There is: BTC, ETH"):
        download(weex, FORMING_5M - HOUR_MS, symbol="DOGG/USDT:USDT")
    assert weex.asked("lines") == []


@pytest.mark.parametrize(
    ("since_ms", "until_ms", "sentence"),
    [
        (NOW_MS + DAY_MS, None, "lies in the future .* choose an earlier start"),
        (FORMING_5M - HOUR_MS, FORMING_5M - 2 * HOUR_MS, "does not come after .* choose a later end"),
        (FORMING_5M, None, "No 5m candle of WEEX opened and closed between .* choose an earlier start"),
    ],
)
def test_dates_that_hold_no_finished_candle_are_refused(
    weex: Venue, since_ms: int, until_ms: int | None, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        download(weex, since_ms, until_ms)
    assert weex.asked("lines") == []


def test_usdc_is_not_passed_off_as_usdt() -> None:
    hyperliquid = next(dialect for dialect in DIALECTS if dialect.name == "hyperliquid")
    with serving(hyperliquid()) as venue:
        found = download(venue, FORMING_5M - HOUR_MS)
    assert "Hyperliquid settles in USDC: prices are in USDC" in found.report.notes


def test_it_stops_when_it_is_told_to(weex: Venue) -> None:
    pages: list[float] = []
    with pytest.raises(Stopped):
        download(weex, FORMING_5M - 100 * DAY_MS, tell=pages.append, stop=lambda: len(pages) >= 3)
    assert len(weex.asked("historyKlines")) == 3


def test_it_stops_behind_a_slow_list_of_markets(weex: Venue) -> None:
    stopped: list[bool] = []
    weex.fail("/capi/v3/market/exchangeInfo", Fault(then=lambda: stopped.append(True)))
    with pytest.raises(Stopped):
        download(weex, FORMING_5M - DAY_MS, stop=lambda: bool(stopped))
    assert weex.asked("lines") == weex.asked("time") == []


def test_it_stops_while_it_waits(weex: Venue, waits: list[float]) -> None:
    weex.fail("klines", *[Fault(500, "")] * 9)
    with pytest.raises(Stopped):
        download(weex, FORMING_5M - HOUR_MS, stop=lambda: waits.count(0.25) >= 6)
    assert waits.count(0.25) == 6


def test_progress_goes_from_nothing_to_all_and_never_back(weex: Venue) -> None:
    shares: list[float] = []
    weex.market.holes.append((FORMING_5M - 9 * DAY_MS, FORMING_5M - 8 * DAY_MS))
    download(weex, FORMING_5M - 20 * DAY_MS, tell=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.1
    assert shares[-1] == 1
