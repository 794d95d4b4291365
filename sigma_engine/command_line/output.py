"""Where a command's words go: its result to stdout, everything else to stderr."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from sigma_engine.command_line.plain import json_line

Advance = Callable[[int], None]
"""Tells a progress bar how many more units are done."""

_STEPS = 1_000


def write_document(document: Mapping[str, Any]) -> None:
    """One JSON document, one line, on stdout."""
    sys.stdout.write(json_line(document) + "\n")
    sys.stdout.flush()


def write_text(text: str) -> None:
    """A sentence for a person, on stdout: a terminal has it parted between words, a file in one line."""
    console = Console(highlight=False)
    console.print(text, markup=False, soft_wrap=not console.is_terminal)


def write_table(title: str, rows: Iterable[tuple[str, ...]], header: tuple[str, ...]) -> None:
    """A table for a person, on stdout; columns after the first stand to the right."""
    table = Table(title=title, title_justify="left", title_style="bold", show_header=any(header))
    for at, name in enumerate(header):
        table.add_column(name, justify="right" if at else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False).print(table)


def figure(value: float | None, digits: int = 2) -> str:
    """A number people can read; a dash where it is not defined."""
    return "-" if value is None else f"{value:,.{digits}f}"


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Advance]:
    """A bar on stderr while the block runs, where stderr is a terminal; else silence."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


@contextmanager
def share_bar(what: str) -> Iterator[Callable[[float], None]]:
    """The same bar for work that says which share of it is done, 0 to 1."""
    with progress(what, _STEPS) as advance:
        done = 0

        def tell(share: float) -> None:
            nonlocal done
            steps = int(share * _STEPS)
            advance(steps - done)
            done = steps

        yield tell
