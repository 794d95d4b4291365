"""Options that several commands share, declared once."""

from pathlib import Path
from typing import Annotated

import typer

from sigma_engine.domain.symbol import unified

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document (or JSON lines) and nothing else.")]
Home = Annotated[
    Path | None,
    typer.Option("--home", envvar="SIGMA_HOME", help="Folder of data, settings and logs.", show_default=False),
]
Strategy = Annotated[str | None, typer.Option("--strategy", help="A preset's name or a strategy file (JSON).")]
Symbols = Annotated[
    str | None, typer.Option("--symbols", help="Markets, with commas: BTC,ETH/USDT. Default: the strategy's.")
]


def symbols_of(text: str | None) -> tuple[str, ...]:
    """The markets of an option's text, unified, each once; empty where nothing was given."""
    parts = (text or "").replace(",", " ").split()
    return tuple(dict.fromkeys(unified(part) for part in parts))
