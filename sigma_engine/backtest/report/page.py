"""The page: the verdict in words, then what it rests on, settings and data at the end."""

from collections.abc import Iterable

import numpy as np

from sigma_engine.backtest.report.bars import bands, causes, chances, waterfall
from sigma_engine.backtest.report.curve import NARROW, WIDE, Size, equity_chart
from sigma_engine.backtest.report.histogram import histogram
from sigma_engine.backtest.report.markup import Markup, element, joined
from sigma_engine.backtest.report.settings import request_rows, run_rows
from sigma_engine.backtest.report.style import STYLE
from sigma_engine.backtest.report.tables import cards, facts, figures, month_table, part_tables, trade_table
from sigma_engine.backtest.report.words import day, number, percent
from sigma_engine.domain.backtest import BacktestRequest, BacktestResult, Luck
from sigma_engine.domain.symbol import short

_BADGES = {
    Luck.REAL: ("Looks real", "sure"),
    Luck.LUCK: ("Not distinguishable from luck", "open"),
    Luck.TOO_FEW: ("Too few trades", "few"),
}
_SPREAD_WIDE = Size(width=540, equity=200, drawdown=0, marks=7)
_SPREAD_NARROW = Size(width=360, equity=180, drawdown=0, marks=5)
_OPEN_TRADES = 60


def html_report(
    result: BacktestResult,
    request: BacktestRequest | None = None,
    spec: str = "",
    facts_beside: Iterable[tuple[str, str]] = (),
) -> str:
    """The page as the text of one file.

    ``request`` and ``spec``, the strategy's document, are shown at the end, as are ``facts_beside``: further rows of
    a name and what it is, such as the trial's number and the hash of its data.
    """
    body = element("main", *_sections(result, request, spec, facts_beside))
    head = element(
        "head",
        Markup('<meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>'),
        Markup('<meta name="color-scheme" content="light dark"/>'),
        element("title", f"{result.strategy}: backtest"),
        element("style", Markup(STYLE)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', body), lang='en')}\n"


def _sections(
    result: BacktestResult, request: BacktestRequest | None, spec: str, facts_beside: Iterable[tuple[str, str]]
) -> Iterable[Markup]:
    yield _header(result)
    yield cards(result.metrics)
    if result.curve:
        yield _section("Equity and drawdown", _curves(result))
    if result.months:
        yield _section("Months, %", element("div", month_table(result.months), class_="scroll"))
    if result.trades:
        yield _pair(_section("Can it be told from luck?", _luck(result)), _section("What costs took", _costs(result)))
    yield _pair(*(section for section in (_spread(result), _refused(result)) if section))
    if result.trades:
        yield _section("Where it came from, by entry", part_tables(result.parts))
    yield _section("All figures", figures(result.metrics))
    if result.trades:
        yield _trades(result)
    yield _settings(result, request, spec, facts_beside)


def _header(result: BacktestResult) -> Markup:
    text, kind = _BADGES[result.verdict.luck]
    markets = ", ".join(short(symbol) for symbol in result.symbols)
    period = (
        () if result.from_ms is None or result.to_ms is None else (f"{day(result.from_ms)} to {day(result.to_ms - 1)}",)
    )
    return element(
        "header",
        element("p", " · ".join(("Backtest", markets, result.timeframe.value, *period)), class_="kicker"),
        element("h1", result.strategy),
        element(
            "div",
            element("span", text, class_=f"badge {kind}"),
            element("p", result.verdict.text),
            class_=f"verdict {kind}",
        ),
    )


def _curves(result: BacktestResult) -> Markup:
    initial = result.metrics.initial_balance
    return joined(
        *(
            element("div", equity_chart(result.curve, result.equity, initial, size), class_=kind)
            for kind, size in (("wide", WIDE), ("narrow", NARROW))
        )
    )


def _luck(result: BacktestResult) -> Markup:
    resampled = result.verdict.return_band_pct is not None
    return joined(
        bands(result.verdict, result.metrics),
        element(
            "p",
            "The same trades drawn again 2,000 times, in blocks of five: 5 % to 95 % of what came out. "
            "The dot is this run."
            if resampled
            else "Too few trades to draw them again.",
            class_="note",
        ),
        chances(result.verdict),
    )


def _costs(result: BacktestResult) -> Markup:
    metrics = result.metrics
    net = float(sum(trade.pnl for trade in result.trades))
    costs = metrics.fees + metrics.slippage - metrics.funding
    share = (
        f"{percent(metrics.cost_share_pct)} of the profit before them"
        if metrics.cost_share_pct is not None
        else "there was no profit before them"
    )
    turned = percent(100 * costs / metrics.turnover, 3) if metrics.turnover else percent(None)
    return joined(
        waterfall(metrics, net),
        element(
            "p",
            f"Costs of {number(costs)} USDT: {share}, {turned} of the {number(metrics.turnover, 0)} USDT traded.",
            class_="note",
        ),
    )


def _spread(result: BacktestResult) -> Markup:
    """Trades by result: in R where all have one, else in percent of their value at the entry."""
    if not result.trades:
        return Markup()
    risks = [trade.r for trade in result.trades if trade.r is not None]
    in_risks = len(risks) == len(result.trades)
    sample = np.array(risks if in_risks else [trade.return_pct for trade in result.trades])
    unit = "R" if in_risks else "%"
    return _section(
        "Trades by result",
        element("div", histogram(sample, unit, _SPREAD_WIDE), class_="wide"),
        element("div", histogram(sample, unit, _SPREAD_NARROW), class_="narrow"),
    )


def _refused(result: BacktestResult) -> Markup:
    if not any(result.refusals.values()):
        return Markup()
    asked = f"{result.signals:,} {'candle' if result.signals == 1 else 'candles'} asked for an entry"
    became = f"{len(result.trades):,} became {'a trade' if len(result.trades) == 1 else 'trades'}"
    return _section(
        "Why signals came to nothing",
        element("p", f"{asked}, {became}. What stopped the others:", class_="note"),
        causes(result.refusals),
    )


def _trades(result: BacktestResult) -> Markup:
    count = len(result.trades)
    table = element(
        "details",
        element("summary", f"{count:,} {'trade' if count == 1 else 'trades'}"),
        trade_table(result),
        open="" if count <= _OPEN_TRADES else None,
    )
    return _section("Trades", table)


def _settings(
    result: BacktestResult, request: BacktestRequest | None, spec: str, facts_beside: Iterable[tuple[str, str]]
) -> Markup:
    asked = () if request is None else request_rows(request)
    document = element("details", element("summary", "Strategy document"), element("pre", spec)) if spec else Markup()
    return _section("Settings and data", facts((*run_rows(result), *asked, *facts_beside)), document)


def _section(title: str, *content: Markup) -> Markup:
    return element("section", element("h2", title), *content)


def _pair(*sections: Markup) -> Markup:
    """Side by side where there is room."""
    return element("div", *sections, class_="pair") if len(sections) > 1 else joined(*sections)
