"""Small pictures made of boxes: what costs took, bands of resamples, probabilities, causes."""

from collections.abc import Mapping

from sigma_engine.backtest.report.axis import Scale
from sigma_engine.backtest.report.markup import Markup, element, joined
from sigma_engine.backtest.report.words import number, percent, probability, sign_class
from sigma_engine.domain.backtest import Verdict
from sigma_engine.domain.metrics import Metrics

_DECIDED = 0.95


def waterfall(metrics: Metrics, net: float) -> Markup:
    """From the result before costs to the one after them, step by step, USDT."""
    gross = net + metrics.fees + metrics.slippage - metrics.funding
    steps = (("Fees", -metrics.fees), ("Slippage", -metrics.slippage), ("Funding", metrics.funding))
    spans, level = [("Before costs", 0.0, gross)], gross
    for name, amount in steps:
        spans.append((name, level, level + amount))
        level += amount
    spans.append(("After costs", 0.0, net))
    ends = [end for _, start, stop in spans for end in (start, stop)]
    across = Scale(min(ends), max(ends), 0.0, 100.0)
    return element("div", *(_step(name, start, stop, across) for name, start, stop in spans), class_="bars waterfall")


def _step(name: str, start: float, stop: float, across: Scale) -> Markup:
    amount = stop - start
    left, right = sorted((across(start), across(stop)))
    box = element("i", class_=sign_class(amount), style=_box(left, right - left))
    return _row(name, element("span", box, class_="track"), number(amount, 2, signed=True), sign_class(amount))


def bands(verdict: Verdict, metrics: Metrics) -> Markup:
    """Return and drawdown with what resampling the trades gives, 5 % to 95 %."""
    rows = (
        ("Return", verdict.return_band_pct, metrics.total_return_pct),
        ("Max drawdown", verdict.drawdown_band_pct, metrics.max_drawdown_pct),
    )
    return element("div", *(_band(name, band, value) for name, band, value in rows if band), class_="bars bands")


def _band(name: str, band: tuple[float, float], value: float) -> Markup:
    low, high = min(0.0, value, band[0]), max(0.0, value, band[1])
    across = Scale(low, high, 2.0, 98.0)
    track = element(
        "span",
        element("i", class_="range", style=_box(across(band[0]), across(band[1]) - across(band[0]))),
        element("b", class_="zero", style=f"left:{across(0.0):.2f}%"),
        element(
            "b", class_="dot", style=f"left:{across(value):.2f}%", title=f"This run: {percent(value, 2, signed=True)}"
        ),
        class_="track",
    )
    return _row(name, track, f"{number(band[0], 1, signed=True)} to {percent(band[1], 1, signed=True)}", None)


def chances(verdict: Verdict) -> Markup:
    """The probabilities of the verdict; the mark stands at 95 %."""
    tries = f"{verdict.trials:,} {'try' if verdict.trials == 1 else 'tries'}"
    rows = (
        (
            "Sharpe above 0",
            verdict.probabilistic_sharpe,
            "Probability that the true Sharpe ratio is above 0, from the daily returns, skew and tails counted (PSR).",
            True,
        ),
        (
            f"… after {tries}",
            verdict.deflated_sharpe,
            "The same against the best that so many tries of this family would show by luck (DSR).",
            True,
        ),
        (
            "No profit",
            verdict.loss_probability,
            "Share of 2,000 resamples of the trades, in blocks of five, that end without a profit.",
            False,
        ),
        ("Down to half", verdict.ruin_probability, "Share of the resamples that were ever down to half.", False),
    )
    return element("div", *(_chance(*row) for row in rows), class_="bars chances")


def _chance(name: str, share: float | None, meaning: str, is_good: bool) -> Markup:
    width = 0.0 if share is None else 100 * share
    kind = "sure" if is_good and width >= 100 * _DECIDED else "open" if is_good else "down"
    mark = element("b", class_="zero", style=f"left:{100 * _DECIDED:.0f}%") if is_good else Markup()
    track = element("span", element("i", class_=kind, style=_box(0.0, width)), mark, class_="track")
    return _row(element("abbr", name, title=meaning), track, probability(share), None)


def causes(refusals: Mapping[str, int]) -> Markup:
    """What signals came to nothing for, most often first."""
    total, ordered = sum(refusals.values()), sorted(refusals.items(), key=lambda item: (-item[1], item[0]))
    most = max(refusals.values(), default=0) or 1
    return element(
        "div",
        *(
            _row(
                name.replace("_", " "),
                element("span", element("i", class_="open", style=_box(0.0, 100 * count / most)), class_="track"),
                joined(number(count, 0), element("small", f" {percent(100 * count / total, 0)}")),
                None,
            )
            for name, count in ordered
            if count
        ),
        class_="bars causes",
    )


def _row(name: str, track: Markup, figure: str, kind: str | None) -> Markup:
    return element(
        "div",
        element("span", name, class_="name"),
        track,
        element("span", figure, class_=f"value {kind or ''}".strip()),
    )


def _box(left: float, width: float) -> str:
    return f"left:{left:.2f}%;width:{max(0.4, width) if width else 0.0:.2f}%"
