"""`sigma-engine`: the engine without a window; every command prints its result and ends with 0, 2 or 1."""

import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

import typer

from sigma_engine import __version__
from sigma_engine.errors import InputError, SigmaError

OK, FAILURE, BAD_INPUT = 0, 1, 2
INTERRUPTED = 130

_COMMANDS = {
    "import": ("data", "import_files"),
    "download": ("download", "download"),
    "history": ("history", "history"),
    "indicators": ("data", "indicators"),
    "backtest": ("backtest", "backtest"),
    "calibrate": ("calibrate", "calibrate"),
    "run": ("run", "run"),
    "kill": ("kill", "kill"),
    "exchange": ("exchange", "exchange"),
    "bench": ("bench", "bench"),
    "doctor": ("diagnosis", "doctor"),
}
"""Module of `command_line` and its function, or its own commands, by the command's name, in the order of the help."""


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"sigma-engine {__version__}")
        raise typer.Exit


def sigma_engine(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Print the version."),
) -> None:
    """SIGMA's engine without a window."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _app(arguments: Sequence[str]) -> typer.Typer:
    """The command that is asked for alone, so that a short one need not load what the others need; else all of them."""
    app = typer.Typer(
        name="sigma-engine",
        help="SIGMA's engine without a window.",
        invoke_without_command=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(sigma_engine)
    gc.disable()  # what is imported stays: looking for garbage in it costs a tenth of a second
    asked = next((word for word in arguments if not word.startswith("-")), "")
    for name in (asked,) if asked in _COMMANDS else _COMMANDS:
        module, function = _COMMANDS[name]
        _add(app, name, getattr(import_module(f"sigma_engine.command_line.{module}"), function))
    gc.freeze()
    gc.enable()
    return app


def _add(app: typer.Typer, name: str, command: Callable[..., None] | typer.Typer) -> None:
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name)
    else:
        app.command(name)(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave: 0 done, 2 with one line about bad input, 1 with one line about a failure."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    sys.exit(_leave(_run(list(sys.argv[1:] if arguments is None else arguments))))


def _run(arguments: list[str]) -> int:
    try:
        return _app(arguments)(arguments, prog_name="sigma-engine", standalone_mode=False) or OK
    except typer.TyperException as wrong:
        message = wrong.format_message().replace("Value error, ", "").rstrip(".")
        return _complain(f"{message}. See: {_command(wrong)} --help", wrong.exit_code)
    except InputError as wrong:
        return _complain(str(wrong), BAD_INPUT)
    except SigmaError as failed:
        return _complain(str(failed), FAILURE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return OK


def _command(wrong: typer.TyperException) -> str:
    """The command whose words were wrong, as it was typed."""
    context = getattr(wrong, "ctx", None)
    return "sigma-engine" if context is None else str(context.command_path)


def _complain(sentence: str, code: int) -> int:
    """One line on stderr, however the sentence was built."""
    sys.stderr.write(" ".join(sentence.split()) + "\n")
    return code


def _leave(code: int) -> int:
    """Keep Python quiet when the reader of stdout has gone before its buffer was empty."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


if __name__ == "__main__":
    main()
