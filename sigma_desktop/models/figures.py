"""The run in a row of figures, each with its definition, and where it is undefined with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sigma_desktop.bridge.metrics import Metrics
from sigma_desktop.models.cells import toned
from sigma_desktop.theme.format import depth, money, percent
from sigma_desktop.theme.tokens import Token
from sigma_engine import Trade

UNDEFINED = "n/a"
_BRIEF = {"Profit factor": "Factor", "Expectancy": "Per trade", "Max drawdown": "Max DD", "Cost share": "Costs"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name and what it means."""

    title: str
    text: str
    explanation: str
    token: Token = Token.T0
    brief: str = ""
    """The title where there is little room."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What trading cost and what it made before that, USDT; ``paid`` is fees and slippage less funding received."""

    fees: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    net: Decimal = Decimal(0)

    @property
    def share(self) -> float | None:
        """Costs over the profit before them; None where there was none."""
        gross = self.net + self.paid
        return float(self.paid / gross) if gross > 0 else None

    def plus(self, trades: Sequence[Trade]) -> "Costs":
        """These costs and those of ``trades``."""
        fees = sum((trade.fees for trade in trades), self.fees)
        paid = sum((trade.fees + trade.slippage - trade.funding for trade in trades), self.paid)
        return Costs(fees, paid, sum((trade.pnl for trade in trades), self.net))


def figures(metrics: Metrics, costs: Costs, fall: float = 0.0) -> tuple[Figure, ...]:
    """Trades, win rate, profit factor, expectancy, deepest fall and cost share of the run so far.

    ``fall`` is how far equity lies below its highest now, 0 to 1; it may be the deepest before a candle closes on it.
    """
    return (
        Figure("Trades", f"{metrics.trades:,}", "Positions opened and closed in this run."),
        _win_rate(metrics),
        _profit_factor(metrics),
        _expectancy(metrics),
        _drawdown(max(metrics.max_drawdown, fall)),
        _cost_share(metrics, costs),
    )


def _win_rate(metrics: Metrics) -> Figure:
    told = "Trades that ended above zero after all costs, over all trades."
    if metrics.win_rate is None:
        return _undefined("Win rate", told, "no trade is closed yet")
    return Figure("Win rate", percent(metrics.win_rate), f"{told} {metrics.wins} of {metrics.trades} so far.")


def _profit_factor(metrics: Metrics) -> Figure:
    told = "Sum of all winning trades over the sum of all losing ones; above 1 the run makes money."
    if metrics.profit_factor is None:
        return _undefined(
            "Profit factor", told, "no trade has lost yet" if metrics.trades else "no trade is closed yet"
        )
    return Figure("Profit factor", f"{metrics.profit_factor:.2f}", told, toned(metrics.profit_factor - 1), "Factor")


def _expectancy(metrics: Metrics) -> Figure:
    told = "Mean profit of a trade after all costs, USDT."
    if metrics.expectancy is None:
        return _undefined("Expectancy", told, "no trade is closed yet")
    return Figure("Expectancy", money(metrics.expectancy, signed=True), told, toned(metrics.expectancy), "Per trade")


def _drawdown(deepest: float) -> Figure:
    told = "The deepest fall of equity from an earlier peak in this run, at the closes of candles and now."
    return Figure("Max drawdown", depth(deepest), told, brief="Max DD")


def _cost_share(metrics: Metrics, costs: Costs) -> Figure:
    told = "What fees, slippage and funding took of the profit before them."
    if costs.share is None:
        because = "before costs the trades made no profit" if metrics.trades else "no trade is closed yet"
        return _undefined("Cost share", told, because)
    text = f"{told} Fees so far {money(costs.fees)} USDT."
    return Figure("Cost share", percent(costs.share, 0), text, Token.DOWN if costs.share > 1 else Token.T0, "Costs")


def _undefined(title: str, told: str, because: str) -> Figure:
    return Figure(title, UNDEFINED, f"{told} Not defined: {because}.", Token.T2, _BRIEF.get(title, ""))
