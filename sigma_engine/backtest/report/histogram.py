"""How the results of trades are spread, as SVG."""

from dataclasses import dataclass

import numpy as np

from sigma_engine.backtest.ratios import Floats
from sigma_engine.backtest.report.axis import Scale, nice_step, round_marks
from sigma_engine.backtest.report.curve import Size
from sigma_engine.backtest.report.markup import Markup, element, joined
from sigma_engine.backtest.report.words import number

_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 34, 14, 30
_BARS = 34


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Counts between neighbouring edges; what lies outside counts in the outermost."""

    edges: Floats
    counts: Floats

    @classmethod
    def of(cls, sample: Floats) -> "Bins":
        """Round edges with 0 among them, over all but the farthest hundredth on either side."""
        low, high = (float(value) for value in np.quantile(sample, (0.01, 0.99)))
        width = nice_step(max(high, 0.0) - min(low, 0.0), _BARS)
        first, last = np.floor(min(low, 0.0) / width), np.ceil(max(high, width) / width)
        edges = np.arange(first, last + 1) * width
        at = np.clip(np.searchsorted(edges, sample, side="right") - 1, 0, len(edges) - 2)
        return cls(edges, np.bincount(at, minlength=len(edges) - 1).astype(np.float64))


def histogram(sample: Floats, unit: str, size: Size) -> Markup:
    """Number of trades over their results in ``unit``; the dashed line is their mean."""
    bins = Bins.of(sample)
    bottom = _TOP + size.equity
    across = Scale(float(bins.edges[0]), float(bins.edges[-1]), _LEFT, size.width - _RIGHT)
    up = Scale(0.0, float(bins.counts.max()), bottom, _TOP)
    return element(
        "svg",
        *_levels(up, across),
        *_bars(bins, across, up, unit),
        _mean(float(sample.mean()), across, bottom, unit),
        *_labels(across, bottom, unit, size.marks),
        viewBox=f"0 0 {size.width} {bottom + _BOTTOM}",
        role="img",
        aria_label="Distribution of trades",
    )


def _levels(up: Scale, across: Scale) -> list[Markup]:
    return [
        joined(
            element(
                "line", x1=across.start, x2=across.end, y1=f"{up(level):.1f}", y2=f"{up(level):.1f}", class_="grid"
            ),
            element("text", number(level, 0), x=across.end + 6, y=f"{up(level) + 4:.1f}", class_="axis"),
        )
        for level in round_marks(up.low, up.high, 4)
        if level == round(level)
    ]


def _bars(bins: Bins, across: Scale, up: Scale, unit: str) -> list[Markup]:
    return [
        element(
            "rect",
            element("title", f"{number(low, 2)} to {number(high, 2)} {unit}: {count:.0f} trades"),
            x=f"{across(low) + 0.5:.1f}",
            y=f"{up(count):.1f}",
            width=f"{max(0.5, across(high) - across(low) - 1):.1f}",
            height=f"{up(0.0) - up(count):.1f}",
            class_="bar down" if high <= 0 else "bar up",
        )
        for low, high, count in zip(bins.edges[:-1], bins.edges[1:], bins.counts, strict=True)
        if count
    ]


def _mean(mean: float, across: Scale, bottom: float, unit: str) -> Markup:
    x = min(max(across(mean), across.start), across.end)
    return joined(
        element("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=_TOP - 4, y2=bottom, class_="base"),
        element(
            "text", f"mean {number(mean, 2, signed=True)} {unit}", x=f"{x + 6:.1f}", y=_TOP + 6, class_="axis strong"
        ),
    )


def _labels(across: Scale, bottom: float, unit: str, marks: int) -> list[Markup]:
    levels = round_marks(across.low, across.high, marks)
    digits = 0 if nice_step(across.high - across.low, marks) >= 1 else 2
    return [
        element(
            "text", f"{number(level, digits)} {unit}", x=f"{across(level):.1f}", y=bottom + 18, class_="axis middle"
        )
        for level in levels
        if across.start + 20 <= across(level) <= across.end - 14
    ]
