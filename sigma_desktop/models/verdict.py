"""A backtest's conclusion and figures as they are read: words first, every number with what it means."""

from collections.abc import Sequence

from sigma_desktop.models.cells import Cell, Kind, toned
from sigma_desktop.models.figures import UNDEFINED, Figure
from sigma_desktop.theme.format import NOTHING, duration, money, percent
from sigma_desktop.theme.tokens import Token
from sigma_engine import METRICS, BacktestResult, Luck, MetricInfo, Metrics, Verdict, as_datetime, short

LUCK_TOKENS = {Luck.REAL: Token.UP, Luck.LUCK: Token.DOWN, Luck.TOO_FEW: Token.WARN}
_SIGNED = frozenset({"total_return_pct", "expectancy", "expectancy_r", "worst_day_pct", "funding"})
_NO_LOSS, _NO_WIN, _FEW_DAYS = "no trade lost", "no trade won", "there are too few whole days of equity"
_FEW_RETURNS = "there are too few returns"
_WHY = {
    "average_win": _NO_WIN,
    "largest_win": _NO_WIN,
    "average_loss": _NO_LOSS,
    "largest_loss": _NO_LOSS,
    "payoff_ratio": "it needs a trade that won and one that lost",
    "profit_factor": _NO_LOSS,
    "annual_return_pct": "the run is shorter than 90 days",
    "sharpe": _FEW_DAYS,
    "sharpe_error": _FEW_DAYS,
    "sharpe_corrected": _FEW_DAYS,
    "sortino": _FEW_DAYS,
    "worst_day_pct": _FEW_DAYS,
    "recovery_factor": "equity never fell",
    "calmar": "the run is shorter than 90 days, or equity never fell",
    "sqn": "there are too few trades with a first stop",
    "expectancy_r": "no trade had a first stop",
    "cost_share_pct": "there was no profit before costs to take a share of",
    "fill_rate_pct": "no entry was ordered",
    "skew": _FEW_RETURNS,
    "kurtosis": _FEW_RETURNS,
    "cvar95_pct": _FEW_RETURNS,
}


def chip(luck: Luck) -> Cell:
    """The conclusion in a word."""
    return Cell(luck.value.upper(), LUCK_TOKENS[luck], Kind.PILL)


def heading(result: BacktestResult) -> str:
    """``ema-trend · BTC/USDT, ETH/USDT · 5m``."""
    return f"{result.strategy} · {symbols_of(result.symbols)} · {result.timeframe}"


def symbols_of(symbols: Sequence[str]) -> str:
    """Up to three markets by name, more by their number."""
    return ", ".join(map(short, symbols)) if len(symbols) <= 3 else f"{len(symbols)} markets"


def period(from_ms: int | None, to_ms: int | None) -> str:
    """``1 Jan to 31 Dec 2023``; the last day is the one on which the last candle closed."""
    if from_ms is None or to_ms is None:
        return "the whole history"
    begin, end = as_datetime(from_ms), as_datetime(to_ms - 1)
    year = "" if begin.year == end.year else f" {begin.year}"
    return f"{begin.day} {begin:%b}{year} to {end.day} {end:%b} {end.year}"


def figures(metrics: Metrics, infos: Sequence[MetricInfo] = METRICS) -> list[Figure]:
    """The figures of ``infos``, in their order."""
    return [figure(info, metrics) for info in infos]


def first_page(metrics: Metrics, infos: Sequence[MetricInfo] = METRICS) -> list[Figure]:
    """What traders look at first."""
    return [figure(info, metrics) for info in infos if info.first_page]


def figure(info: MetricInfo, metrics: Metrics) -> Figure:
    """One figure, its definition and, where it is not defined, why."""
    value = getattr(metrics, info.name)
    told = f"{info.definition} In {info.unit}." if info.unit == "USDT" else info.definition
    if value is None or value != value:
        why = "no trade was closed" if not metrics.trades else _WHY.get(info.name, "there is too little to define it")
        return Figure(info.title, UNDEFINED, f"{told} Not defined here: {why}.", Token.T2)
    return Figure(info.title, written(info, value), told, _token(info, value))


def written(info: MetricInfo, value: float | None) -> str:
    """``value`` with its unit; ``n/a`` for none."""
    if value is None or value != value:
        return UNDEFINED
    if info.unit == "min":
        return duration(round(value * 60_000))
    signed = info.name in _SIGNED
    if info.unit == "%":
        return percent(value / 100, info.digits, signed)
    text = money(value, signed, info.digits)
    return text if info.unit in ("", "USDT") or text == NOTHING else f"{text} {info.unit}"


def _token(info: MetricInfo, value: float) -> Token:
    return toned(value) if info.name in _SIGNED else Token.T0


def chances(verdict: Verdict) -> list[Figure]:
    """What resampling the trades says, and how likely skill is."""
    return [
        _band("Return, 5 to 95 %", verdict.return_band_pct, "the whole run's return"),
        _band("Drawdown, 5 to 95 %", _falls(verdict.drawdown_band_pct), "the deepest fall from a peak"),
        _share("Chance of a loss", verdict.loss_probability, "The share of resamples that ended below their start."),
        _share("Chance of ruin", verdict.ruin_probability, "The share of resamples that lost most of the account."),
        _share("Skill, PSR", verdict.probabilistic_sharpe, "The probability that the true Sharpe ratio is above 0."),
        _share(
            f"Skill, {_trials(verdict.trials)}",
            verdict.deflated_sharpe,
            "The same against the best of all trials of this family without any skill (deflated Sharpe ratio): "
            "the more one tries, the better the luckiest looks.",
        ),
    ]


def _trials(count: int) -> str:
    return f"{count} trial{'' if count == 1 else 's'}"


def _falls(band: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if band is None else (-abs(band[0]), -abs(band[1]))


def _band(title: str, band: tuple[float, float] | None, what: str) -> Figure:
    told = f"Between these lies {what} in 90 of 100 resamples of the trades, drawn in blocks."
    if band is None:
        return Figure(title, UNDEFINED, f"{told} Not defined here: there are too few trades.", Token.T2)
    low, high = (percent(edge / 100, 1, signed=True) for edge in band)
    return Figure(title, f"{low} to {high}", told)


def _share(title: str, share: float | None, told: str) -> Figure:
    if share is None:
        return Figure(title, UNDEFINED, f"{told} Not defined here: there are too few trades or days.", Token.T2)
    return Figure(title, percent(share, 0 if 0.1 <= share <= 0.9 else 1), told)
