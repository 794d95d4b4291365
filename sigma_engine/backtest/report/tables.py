"""The tables of a report: figures, months, parts, trades."""

from collections.abc import Iterable, Mapping, Sequence

from sigma_engine.backtest.report.markup import Markup, element, joined
from sigma_engine.backtest.report.words import NOTHING, duration, figure, moment, number, percent, plain, sign_class
from sigma_engine.domain.backtest import BacktestResult, Part
from sigma_engine.domain.metrics import METRICS, MetricInfo, Metrics
from sigma_engine.domain.symbol import short

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DARKEST = 0.5
_PART_TITLES = {
    "symbol": "Symbol",
    "side": "Side",
    "regime": "Regime",
    "exit": "Exit",
    "weekday": "Weekday",
    "hour": "Hour (UTC)",
}


def cards(metrics: Metrics) -> Markup:
    """The figures of the first page, each with its definition on hover."""
    return element("div", *(_card(info, metrics) for info in METRICS if info.first_page), class_="cards")


def _card(info: MetricInfo, metrics: Metrics) -> Markup:
    text, unit = _figure(info, metrics)
    return element(
        "div",
        element("abbr", info.title, title=info.definition),
        element("strong", text, element("small", f" {unit}") if unit else "", class_=_tone(info, metrics)),
        class_="card",
    )


def figures(metrics: Metrics) -> Markup:
    """All other figures with their definitions written out."""
    return element(
        "div",
        *(
            element(
                "div",
                element("span", info.title, class_="name"),
                element("strong", " ".join(_figure(info, metrics)).strip()),
                element("p", info.definition),
            )
            for info in METRICS
            if not info.first_page
        ),
        class_="figures",
    )


def _figure(info: MetricInfo, metrics: Metrics) -> tuple[str, str]:
    if info.name in ("profit_factor", "payoff_ratio") and metrics.trades and metrics.average_loss is None:
        return "no losses", ""
    return figure(info, getattr(metrics, info.name))


def _tone(info: MetricInfo, metrics: Metrics) -> str | None:
    """Colour for what is a result, none for what merely is."""
    return sign_class(getattr(metrics, info.name)) if info.name == "total_return_pct" else None


def month_table(months: Sequence[tuple[int, int, float]]) -> Markup:
    """Years down, months across, shaded by their returns."""
    by_year: dict[int, dict[int, float]] = {}
    for year, month, value in months:
        by_year.setdefault(year, {})[month] = value
    strongest = max((abs(value) for _, _, value in months), default=0.0) or 1.0
    rows = [_year(year, values, strongest) for year, values in by_year.items()]
    return _table(("", *MONTHS, "Year"), rows, "months")


def _year(year: int, values: Mapping[int, float], strongest: float) -> Markup:
    whole = 1.0
    for value in values.values():
        whole *= 1 + value / 100
    total = 100 * (whole - 1)
    return element(
        "tr",
        element("th", str(year), scope="row"),
        *(_month(values.get(month), strongest) for month in range(1, 13)),
        element("td", number(total, 1, signed=True), class_=f"total {sign_class(total) or ''}"),
    )


def _month(value: float | None, strongest: float) -> Markup:
    if value is None:
        return element("td", "", class_="none")
    shade = _DARKEST * abs(value) / strongest
    return element(
        "td", number(value, 1, signed=True), class_=f"shade {sign_class(value) or ''}", style=f"--shade:{shade:.2f}"
    )


def part_tables(parts: Mapping[str, tuple[Part, ...]]) -> Markup:
    """A table for each way to part the trades, with a bar for each result."""
    known = [(title, parts[name]) for name, title in _PART_TITLES.items() if parts.get(name)]
    return element("div", *(_part_table(title, table) for title, table in known), class_="parts")


def _part_table(title: str, parts: Sequence[Part]) -> Markup:
    strongest = max(abs(part.pnl) for part in parts) or 1.0
    head = (title, "Trades", "Won", "Result", "", "Costs", "Each", "Factor")
    return element("div", _table(head, [_part(part, strongest) for part in parts], "part"), class_="scroll")


def _part(part: Part, strongest: float) -> Markup:
    width = 100 * abs(part.pnl) / strongest
    factor = "no losses" if part.profit_factor is None and part.pnl > 0 else number(part.profit_factor)
    return element(
        "tr",
        element("th", part.name, scope="row"),
        *_cells(number(part.trades, 0), percent(part.win_rate_pct, 0)),
        element("td", number(part.pnl, 2, signed=True), class_=sign_class(part.pnl)),
        element("td", element("i", class_=sign_class(part.pnl), style=f"width:{width:.1f}%"), class_="gauge"),
        *_cells(number(part.costs), number(part.expectancy, 2, signed=True), factor),
    )


def trade_table(result: BacktestResult) -> Markup:
    """All trades, one a line."""
    head = (
        "#", "Symbol", "Side", "Entry (UTC)", "Held", "In", "Out", "Quantity", "×", "Fees", "Funding", "Slippage",
        "Result", "R", "Exit", "Regime", "Why",
    )  # fmt: skip
    lines = (_trade(at, result) for at in range(len(result.trades)))
    return element("div", _table(head, lines, "trades"), class_="scroll tall")


def _trade(at: int, result: BacktestResult) -> Markup:
    trade, regime = result.trades[at], result.regimes[at]
    return element(
        "tr",
        *_cells(str(at + 1), short(trade.symbol), trade.side.value, moment(trade.entry_ms)),
        *_cells(duration((trade.exit_ms - trade.entry_ms) / 60_000), plain(trade.entry_price), plain(trade.exit_price)),
        *_cells(plain(trade.quantity), str(trade.leverage), number(trade.fees), number(trade.funding, 2, signed=True)),
        *_cells(number(trade.slippage)),
        element("td", number(trade.pnl, 2, signed=True), class_=sign_class(trade.pnl)),
        *_cells(number(trade.r, 2, signed=True), trade.reason.value, NOTHING if regime is None else regime.value),
        element("td", trade.entry_reason, class_="why", title=trade.entry_reason),
    )


def facts(rows: Iterable[tuple[str, str]]) -> Markup:
    """Names and what they are, one below the other."""
    return element(
        "dl", *(joined(element("dt", name), element("dd", text)) for name, text in rows if text), class_="facts"
    )


def _table(head: Sequence[str], rows: Iterable[Markup], kind: str) -> Markup:
    titles = element("tr", *(element("th", text, scope="col") for text in head))
    return element("table", element("thead", titles), element("tbody", *rows), class_=kind)


def _cells(*texts: str) -> list[Markup]:
    return [element("td", text) for text in texts]
