"""The equity curve with its drawdown below, as SVG."""

from dataclasses import dataclass

import numpy as np

from sigma_engine.backtest.columns import Whole
from sigma_engine.backtest.drawdown import drawdowns
from sigma_engine.backtest.periods import arrays
from sigma_engine.backtest.ratios import Floats
from sigma_engine.backtest.report.axis import Scale, nice_step, round_marks, time_marks
from sigma_engine.backtest.report.markup import Markup, element, joined
from sigma_engine.backtest.report.words import day, number, percent
from sigma_engine.domain.metrics import Curve

_LEFT, _RIGHT, _TOP, _GAP, _BOTTOM = 8, 66, 12, 30, 26
_MOST_HINTS = 370


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A chart's pixels: the whole width, the height of the equity and of the drawdown."""

    width: int
    equity: int
    drawdown: int
    marks: int


WIDE = Size(width=1120, equity=270, drawdown=90, marks=12)
NARROW = Size(width=400, equity=220, drawdown=70, marks=5)


def equity_chart(curve: Curve, daily: Curve, initial: float, size: Size) -> Markup:
    """Equity in USDT over drawdown in percent; the dashed line is the balance in the beginning.

    Every day can be pointed at for its figures.
    """
    times, values = arrays(curve)
    across = Scale(float(times[0]), float(times[-1]), _LEFT, size.width - _RIGHT)
    bottom = _TOP + size.equity
    under = bottom + _GAP
    drawn = 100 * drawdowns(np.concatenate(([initial], values)))[1:]
    height = under + size.drawdown + _BOTTOM
    return element(
        "svg",
        _time_axis(across, size, height - _BOTTOM),
        _equity(times, values, initial, across, Scale(*_padded(values, initial), bottom, _TOP)),
        element("text", "Drawdown, %", x=_LEFT, y=under - 8, class_="axis"),
        _drawdown(times, drawn, across, Scale(min(-0.1, float(drawn.min())), 0.0, under + size.drawdown, under)),
        _hints(daily, initial, across, height - _BOTTOM),
        viewBox=f"0 0 {size.width} {height}",
        role="img",
        aria_label="Equity and drawdown over time",
    )


def _padded(values: Floats, initial: float) -> tuple[float, float]:
    low, high = min(initial, float(values.min())), max(initial, float(values.max()))
    margin = 0.04 * (high - low) or 0.01 * high
    return low - margin, high + margin


def _time_axis(across: Scale, size: Size, bottom: float) -> Markup:
    marks = time_marks(int(across.low), int(across.high), size.marks)
    return joined(
        *(
            joined(
                element("line", x1=f"{across(at):.1f}", x2=f"{across(at):.1f}", y1=_TOP, y2=bottom, class_="grid"),
                element("text", text, x=f"{across(at):.1f}", y=bottom + 18, class_="axis middle"),
            )
            for at, text in marks
        )
    )


def _equity(times: Whole, values: Floats, initial: float, across: Scale, up: Scale) -> Markup:
    line, base = _line(times, values, across, up), up(up.low)
    return joined(
        *_levels(up, across, 5, ""),
        element("path", d=f"{line}V{base:.1f}H{across(times[0]):.1f}Z", class_="area"),
        element(
            "line", x1=across.start, x2=across.end, y1=f"{up(initial):.1f}", y2=f"{up(initial):.1f}", class_="base"
        ),
        element("path", d=line, class_="curve"),
    )


def _drawdown(times: Whole, drawn: Floats, across: Scale, up: Scale) -> Markup:
    line = _line(times, drawn, across, up)
    return joined(
        *_levels(up, across, 3, ""),
        element("path", d=f"{line}V{up(0.0):.1f}H{across(times[0]):.1f}Z", class_="under"),
        element("path", d=line, class_="fall"),
    )


def _levels(up: Scale, across: Scale, marks: int, unit: str) -> list[Markup]:
    digits = 0 if nice_step(up.high - up.low, marks) >= 1 else 2
    return [
        joined(
            element(
                "line", x1=across.start, x2=across.end, y1=f"{up(level):.1f}", y2=f"{up(level):.1f}", class_="grid"
            ),
            element("text", number(level, digits) + unit, x=across.end + 8, y=f"{up(level) + 4:.1f}", class_="axis"),
        )
        for level in round_marks(up.low, up.high, marks)
    ]


def _line(times: Whole, values: Floats, across: Scale, up: Scale) -> str:
    points = (f"{across(at):.1f},{up(value):.1f}" for at, value in zip(times, values, strict=True))
    return "M" + "L".join(points)


def _hints(daily: Curve, initial: float, across: Scale, bottom: float) -> Markup:
    """Invisible columns that say a day's figures when pointed at."""
    chosen = daily[:: -(-len(daily) // _MOST_HINTS)]
    width = (across.end - across.start) / max(1, len(chosen))
    return joined(
        *(
            element(
                "rect",
                element("title", _hint(at, value, initial)),
                x=f"{max(across.start, across(at) - width):.1f}",
                y=_TOP,
                width=f"{width:.1f}",
                height=f"{bottom - _TOP:.0f}",
                class_="hint",
            )
            for at, value in chosen
        )
    )


def _hint(at_ms: int, value: float, initial: float) -> str:
    return f"{day(at_ms - 1)}: {number(value)} USDT, {percent(100 * (value / initial - 1), 2, signed=True)}"
