"""`sigma-engine bench`: SIGMA's speed and size on this machine, beside what they must be."""

from typing import Annotated

import typer

from sigma_engine.benchmarks.figures import FIGURES, Figure, circumstances
from sigma_engine.command_line.options import AsJson
from sigma_engine.command_line.output import figure, progress, write_document, write_table, write_text

Quick = Annotated[bool, typer.Option("--quick", help="A rough look in a second or two.")]


def bench(json: AsJson = False, quick: Quick = False) -> None:
    """Measure speed and memory; leave the machine alone meanwhile."""
    measured: dict[str, float] = {}
    with progress("measuring", len(FIGURES)) as advance:
        for each in FIGURES:
            measured[each.key] = each.measure(quick)
            advance(1)
    if json:
        write_document(measured | circumstances())
    else:
        write_table(
            "", [_row(each, measured[each.key]) for each in FIGURES], ("figure", "measured", "limit", "aim", "")
        )
        write_text(", ".join(_said(name, value) for name, value in circumstances().items()))


def _row(each: Figure, value: float) -> tuple[str, ...]:
    bar = f"{'≥' if each.at_least else '≤'} {figure(each.limit, 0)}"
    aim = "" if each.aim is None else figure(each.aim, 0)
    return each.title, figure(value, each.digits), bar, aim, "ok" if each.reached(value) else "MISSED"


def _said(name: str, value: object) -> str:
    return f"{'' if value else 'not '}{name}" if isinstance(value, bool) else f"{name} {value}"
