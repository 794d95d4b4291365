"""A backtest parted by what its trades have in common, its refusals by cause, its months by year."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sigma_desktop.models.cells import Cell, Column, Kind, toned
from sigma_desktop.models.figures import UNDEFINED
from sigma_desktop.models.story import story
from sigma_desktop.theme.format import money, percent
from sigma_desktop.theme.tokens import Token
from sigma_engine import BacktestResult, Part, short

TITLES = {
    "symbol": "Symbol",
    "side": "Side",
    "hour": "Hour",
    "weekday": "Weekday",
    "regime": "Regime",
    "exit": "Exit",
}
"""The ways to part a result, as they are offered; others follow by their own names."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part and its place among its like."""

    place: int
    part: Part


def part_rows(parts: Sequence[Part]) -> list[PartRow]:
    """The parts in the order given."""
    return [PartRow(at, part) for at, part in enumerate(parts)]


def _optional(value: float | None, write: Callable[[float], str]) -> str:
    return UNDEFINED if value is None or value != value else write(value)


def _win_rate(row: PartRow) -> Cell:
    return Cell(_optional(row.part.win_rate_pct, lambda rate: percent(rate / 100, 0)), Token.T1)


def _factor(row: PartRow) -> Cell:
    return Cell(_optional(row.part.profit_factor, lambda factor: money(factor)), Token.T1)


def _expectancy(row: PartRow) -> Cell:
    value = row.part.expectancy
    text = _optional(value, lambda amount: money(amount, signed=True))
    return Cell(text, Token.T2 if value is None else toned(value))


def part_name(name: str) -> str:
    """A part's name as people write it."""
    return short(name) if "/" in name else name


PART_COLUMNS: tuple[Column[PartRow], ...] = (
    Column("Part", lambda row: Cell(part_name(row.part.name), bold=True), lambda row: row.place, 74, 2, least=50),
    Column("Trades", lambda row: Cell(f"{row.part.trades:,}", Token.T1), lambda row: row.part.trades, 52, 1, True),
    Column("Won", _win_rate, lambda row: row.part.win_rate_pct, 46, 1, True, 1, "Trades that ended above zero"),
    Column(
        "P&L",
        lambda row: Cell(money(row.part.pnl, signed=True), toned(row.part.pnl), bold=True),
        lambda row: row.part.pnl,
        76,
        1,
        True,
        0,
        "After all costs, USDT",
    ),
    Column("Each", _expectancy, lambda row: row.part.expectancy, 60, 1, True, 2, "Mean profit of a trade, USDT"),
    Column("Factor", _factor, lambda row: row.part.profit_factor, 52, 1, True, 3, "What was won over what was lost"),
    Column(
        "Costs", lambda row: Cell(money(row.part.costs), Token.T1), lambda row: row.part.costs, 66, 1, True, 4, "USDT"
    ),
)


def part_key(row: PartRow) -> str:
    """Parts have names."""
    return row.part.name


def tell_part(row: PartRow) -> str:
    """A part in full, for its tooltip."""
    part = row.part
    facts = (
        ("Profit after costs", f"{money(part.pnl, signed=True)} USDT"),
        ("Costs", f"{money(part.costs)} USDT"),
        ("Trades", f"{part.trades:,}"),
        ("Won", _optional(part.win_rate_pct, lambda rate: percent(rate / 100))),
        ("A trade", _optional(part.expectancy, lambda amount: f"{money(amount, signed=True)} USDT")),
        ("Profit factor", _optional(part.profit_factor, money)),
    )
    return story(part_name(part.name), facts)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cause why signals came to nothing; ``share`` is of all signals."""

    cause: str
    count: int
    share: float


def refusals(result: BacktestResult) -> list[Refusal]:
    """The causes, the most frequent first."""
    most = max(1, result.signals)
    ordered = sorted(result.refusals.items(), key=lambda pair: -pair[1])
    return [Refusal(cause, count, count / most) for cause, count in ordered]


def refused_words(result: BacktestResult) -> str:
    """Signals, entries and refusals in a sentence."""
    if not result.signals:
        return "No candle asked for an entry: the strategy's conditions never came true in these candles."
    refused = sum(result.refusals.values())
    return (
        f"{_many(result.signals, 'candle')} asked for an entry, "
        f"{_many(len(result.trades), 'trade')} came of it, {refused:,} came to nothing."
    )


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


REFUSAL_COLUMNS: tuple[Column[Refusal], ...] = (
    Column("Cause", lambda row: Cell(row.cause, Token.T0), lambda row: row.cause, 150, 3, least=90),
    Column("Times", lambda row: Cell(f"{row.count:,}", bold=True), lambda row: row.count, 56, 1, True),
    Column(
        "Of all signals",
        lambda row: Cell(percent(row.share, 0), Token.ACCENT, Kind.BAR, fill=row.share, below_token=Token.T1),
        lambda row: row.share,
        120,
        2,
        False,
        1,
    ),
)


@dataclass(frozen=True, slots=True)
class Year:
    """The returns of a year's months, percent, None where nothing was decided, and what they come to together."""

    year: int
    months: tuple[float | None, ...]

    @property
    def whole(self) -> float:
        """The months' returns compounded, percent."""
        growth = 1.0
        for month in self.months:
            growth *= 1 + (month or 0.0) / 100
        return (growth - 1) * 100


def years(months: Sequence[tuple[int, int, float]]) -> list[Year]:
    """The months by year, the earliest first."""
    known: dict[int, dict[int, float]] = {}
    for year, month, value in months:
        known.setdefault(year, {})[month] = value
    return [Year(year, tuple(own.get(month) for month in range(1, 13))) for year, own in sorted(known.items())]


def ways(parts: Mapping[str, Sequence[Part]]) -> list[tuple[str, str]]:
    """The ways this result is parted, name and title, as they are offered."""
    known = [(name, title) for name, title in TITLES.items() if name in parts]
    return known + [(name, name.capitalize()) for name in parts if name not in TITLES]


@dataclass(frozen=True, slots=True)
class CostStep:
    """A step from the profit before costs to what was left, USDT; a ``total`` stands for itself."""

    title: str
    amount: float
    explanation: str
    total: bool = False


def cost_steps(result: BacktestResult) -> tuple[CostStep, ...]:
    """Before costs, what each kind of cost took, and after them."""
    metrics = result.metrics
    net = metrics.final_balance - metrics.initial_balance
    gross = net + metrics.fees + metrics.slippage - metrics.funding
    return (
        CostStep("Before costs", gross, "What the trades' directions made before anything was paid for them.", True),
        CostStep("Fees", -metrics.fees, "What the venue took for every order."),
        CostStep("Slippage", -metrics.slippage, "Lost between the quoted price and the fill, spread included."),
        CostStep("Funding", metrics.funding, "Received, or paid where negative, every eight hours."),
        CostStep("After costs", net, "What was left: the final balance less the initial one.", True),
    )
