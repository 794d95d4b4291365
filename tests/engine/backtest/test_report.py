"""The report is one file that says the verdict first, explains its figures and trusts no name."""

from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.backtest.report import html_report
from sigma_engine.backtest.report.axis import round_marks, time_marks
from sigma_engine.backtest.report.histogram import Bins
from sigma_engine.backtest.report.markup import Markup, element
from sigma_engine.backtest.report.words import duration, number, plain, probability
from sigma_engine.backtest.result import build
from sigma_engine.domain.backtest import BacktestRequest, BacktestResult, CostChoice, Engine, Timing
from sigma_engine.domain.metrics import METRICS
from tests.engine.backtest.simulated import DAY_MS, START_MS, outcome, setup, trades

VOID = {"meta", "circle", "line", "path", "rect"}
EVIL = '</script><script>alert("x")</script>&<b>'


class Page(HTMLParser):
    """Reads a page strictly: every element is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.names.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def result(count: int = 120, days: int = 400, **more: Any) -> BacktestResult:
    gross = np.random.default_rng(6).normal(6, 50, count)
    timing = Timing(load_s=0.2, run_s=0.004, candles=115_200)
    told = build(setup(), outcome(trades(gross, days, 3.0), days), timing, Engine.COMPILED)
    return replace(told, **more)


def test_the_verdict_comes_before_every_figure() -> None:
    told = result()
    page = html_report(told)
    body = page[page.index("<body>") :]
    assert told.verdict.text in body
    assert body.index(told.verdict.text) < body.index("Initial balance")


def test_it_needs_nothing_from_outside_and_runs_nothing() -> None:
    page = html_report(result())
    assert "<script" not in page
    assert "http" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert not {"link", "img", "iframe", "object"} & set(Page(page).names)


@pytest.mark.parametrize("count", [0, 1, 12, 120])
def test_it_is_well_formed_whatever_happened(count: int) -> None:
    page = Page(html_report(result(count)))
    assert {"main", "header", "section"} <= set(page.names)


def test_a_run_without_a_candle_is_a_page_too() -> None:
    empty = replace(outcome((), 0), from_ms=None, to_ms=None, signals=0, refusals={})
    told = build(setup(), empty, Timing(load_s=0, run_s=0, candles=0), Engine.SESSION)
    page = html_report(told)
    Page(page)
    assert "Equity and drawdown" not in page
    assert "Why signals came to nothing" not in page


def test_every_figure_has_its_definition_on_hover_or_beside_it() -> None:
    page = Page(html_report(result()))
    titles = {value for name, value in page.attributes if name == "title"}
    for info in METRICS:
        assert info.title in page.text
        assert info.definition in (titles if info.first_page else page.text)


def test_no_name_note_reason_or_document_becomes_markup() -> None:
    told = result(3, strategy=EVIL, notes=(EVIL,), run_id=EVIL, refusals={EVIL: 2})
    told = replace(told, trades=tuple(replace(each, entry_reason=EVIL) for each in told.trades))
    request = BacktestRequest(strategy=EVIL, source=EVIL, files=(Path("<i>.csv"),))
    page = html_report(told, request, spec=EVIL, facts_beside=((EVIL, EVIL),))
    read = Page(page)
    assert "script" not in read.names
    assert read.names.count("b") == html_report(told).count("<b ")
    assert read.text.count(EVIL) >= 8


def test_settings_and_data_stand_at_the_end() -> None:
    request = BacktestRequest(strategy="ema-trend", capital=Decimal(10_000), costs=CostChoice(maker_bps=2.0))
    page = html_report(result(), request, spec='{"version": 1}', facts_beside=(("Trial", "37"),))
    end = page[page.index("Settings and data") :]
    for words in ("run-7", "10,000.00 USDT", "2 bp, targets rest in the book", "Trial", "37", "version"):
        assert words in end


def test_a_profit_without_a_loss_says_so_instead_of_infinity() -> None:
    told = result(40)
    winners = tuple(each for each in told.trades if each.pnl > 0)
    won = build(setup(), outcome(winners, 400), told.timing, Engine.COMPILED)
    assert "no losses" in html_report(won)


def test_all_trades_are_listed() -> None:
    page = html_report(result(120))
    assert page.count('class="why"') == 120


def test_trades_without_a_stop_are_spread_in_percent() -> None:
    told = result(40)
    unprotected = replace(told, trades=tuple(replace(each, r=None) for each in told.trades))
    assert "%: 1 trades" in html_report(unprotected)
    assert "R: 1 trades" in html_report(told)


def test_refusals_say_what_stopped_the_signals() -> None:
    page = html_report(result(40))
    assert "132 candles asked for an entry, 40 became trades." in page
    assert "daily loss" in page


def test_plain_text_is_escaped_and_markup_is_not() -> None:
    inner = element("b", "1 < 2 & 3")
    assert inner == "<b>1 &lt; 2 &amp; 3</b>"
    assert element("p", inner, title='"x"', class_=None) == f'<p title="&quot;x&quot;">{inner}</p>'
    assert element("line", x1=1, stroke_width=2) == '<line x1="1" stroke-width="2"/>'
    assert element("i") == "<i></i>"
    assert isinstance(inner, Markup)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (number(-1284.069), "−1,284.07"),
        (number(3.0, signed=True), "+3.00"),
        (number(-0.0001), "0.00"),
        (number(None), "–"),
        (plain(Decimal("0.00012000")), "0.00012"),
        (plain(Decimal("1E+3")), "1000"),
        (probability(0.9999), "> 99.9 %"),
        (probability(0.0), "0.0 %"),
        (probability(1e-9), "< 0.1 %"),
        (duration(59.4), "59 min"),
        (duration(185), "3 h 05"),
        (duration(3 * 1440 + 61), "3 d 1 h"),
    ],
)
def test_figures_are_written_for_people(written: str, text: str) -> None:
    assert written == text


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_marks_are_few_even_and_inside(low: float, span: float, count: int) -> None:
    marks = round_marks(low, low + span, count)
    assert len(marks) <= count + 1
    assert all(low - 1e-6 * span <= mark <= low + span * (1 + 1e-6) for mark in marks)


@pytest.mark.parametrize(
    ("days", "first", "count"), [(1, "1 Jan", 9), (30, "1 Jan", 11), (365, "2024", 12), (3 * 365, "2024", 12)]
)
def test_time_is_marked_at_beginnings_of_calendar_units(days: int, first: str, count: int) -> None:
    marks = time_marks(START_MS, START_MS + days * DAY_MS - 1, 12)
    assert marks[0] == (START_MS, first)
    assert count - 4 <= len(marks) <= 12


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=200))
def test_every_trade_is_in_one_bin_and_gains_never_share_one_with_losses(sample: list[float]) -> None:
    bins = Bins.of(np.array(sample))
    assert bins.counts.sum() == len(sample)
    assert 0 in bins.edges
    is_inside = min(sample) >= bins.edges[0]  # what lies outside counts in the outermost
    if is_inside and max(sample) < bins.edges[-1]:
        assert bins.counts[bins.edges[1:] <= 0].sum() == sum(each < 0 for each in sample)
