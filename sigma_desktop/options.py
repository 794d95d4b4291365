"""The command line of `sigma`: what a person asked for, checked before anything is opened.

argparse, because it is ready in a millisecond and the window should be on the screen before a richer one were read.
"""

import argparse
import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from sigma_engine import VENUE_ACCESS, InputError, Mode, SessionRequest, practice_address, unified

SMALLEST, LARGEST = (640, 480), (7680, 4320)
LONGEST_WAIT_S = 86_400.0
DEFAULT_WAIT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `sigma` was started with; ``size`` in pixels, ``after_s`` in seconds."""

    request: SessionRequest = field(default_factory=SessionRequest)
    size: tuple[int, int] | None = None
    screenshot: Path | None = None
    after_s: float = DEFAULT_WAIT_S
    workspace: str | None = None


def parse(arguments: Sequence[str]) -> Options:
    """The options in ``arguments``; raises `InputError` with one sentence that says what to change.

    ``--help`` prints and raises `SystemExit`, as argparse does.
    """
    given = _parser().parse_args(arguments)
    _check_market(given)
    if given.after is not None and given.screenshot is None:
        raise InputError("--after belongs to --screenshot: add --screenshot FILE.png, or leave --after out.")
    return Options(
        request=_request(given),
        size=_size(given.size),
        screenshot=_screenshot(given.screenshot),
        after_s=_number("--after", given.after, DEFAULT_WAIT_S, LONGEST_WAIT_S),
        workspace=given.workspace,
    )


class _Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong, and leaves leaving to the caller."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message[0].upper()}{message[1:]}; see sigma --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="sigma", description="Opens SIGMA's window; without options on the demo market.")
    parser.add_argument("--demo", action="store_true", help="trade a generated market with paper money (the default)")
    parser.add_argument("--replay", nargs="+", metavar="FILE", default=[], help="trade candle files as if they came")
    parser.add_argument("--paper", metavar="VENUE", help="trade paper money on an exchange's prices: weex ...")
    parser.add_argument("--live", metavar="VENUE", help="trade the account whose keys are kept: weex")
    parser.add_argument("--venue-url", metavar="URL", help="a practice exchange on this machine in the venue's place")
    parser.add_argument("--speed", metavar="N", help="market time over wall time; 0 is as fast as it can")
    parser.add_argument("--home", metavar="DIR", help="keep all data, settings and logs in this folder")
    parser.add_argument("--strategy", metavar="NAME_OR_FILE", help="a preset's name or a strategy file")
    parser.add_argument("--symbols", nargs="+", metavar="SYMBOL", default=[], help="trade only these: BTC ETH ...")
    parser.add_argument("--size", metavar="WxH", help="the window's size in pixels, such as 1760x1040")
    parser.add_argument("--workspace", metavar="NAME", help="open with a layout saved under this name")
    parser.add_argument("--screenshot", metavar="PNG", help="open, wait, save the window as a picture and leave")
    parser.add_argument("--after", metavar="SECONDS", help="how long --screenshot waits (2)")
    return parser


def _check_market(given: argparse.Namespace) -> None:
    """One market at a time, and only options that it has."""
    markets = ("demo", "replay", "paper", "live")
    asked = [f"--{name}" for name in markets if getattr(given, name) not in (None, False, [])]
    if len(asked) > 1:
        raise InputError(f"{' and '.join(asked)} exclude each other: choose one market.")
    is_exchange = given.paper is not None or given.live is not None
    if is_exchange and given.speed is not None and given.venue_url is None:
        raise InputError(
            f"--speed does not go with {asked[0]}: an exchange's prices come at their own pace; leave --speed out, or "
            "give the --venue-url of a practice exchange that is served faster."
        )
    if given.venue_url is not None and not is_exchange:
        raise InputError("--venue-url belongs to --paper or --live: add one of them with the exchange's name.")


def _mode(given: argparse.Namespace) -> Mode:
    if given.paper is not None:
        return Mode.PAPER
    if given.live is not None:
        return Mode.LIVE
    return Mode.REPLAY if given.replay else Mode.DEMO


def _venue(text: str | None) -> str:
    """The venue meant by ``text``, in any case; raises `InputError`, naming the nearest."""
    names = [access.venue for access in VENUE_ACCESS]
    asked = names[0] if text is None else text.strip().lower()
    if asked in names:
        return asked
    near = difflib.get_close_matches(asked, names, 1, 0.5)
    hint = f" did you mean {near[0]}?" if near else ""
    raise InputError(f"{text!r} is no exchange SIGMA knows:{hint} there is {', '.join(names)}.")


def _request(given: argparse.Namespace) -> SessionRequest:
    names = [name for text in given.symbols for name in text.split(",") if name]
    return SessionRequest(
        mode=_mode(given),
        home=_home(given.home),
        replay=tuple(_file(name) for name in given.replay),
        speed=None if given.speed is None else _number("--speed", given.speed, 1.0, math.inf),
        strategy=given.strategy,
        symbols=tuple(dict.fromkeys(unified(name) for name in names)),
        venue=_venue(given.live if given.paper is None else given.paper),
        venue_url=None if given.venue_url is None else practice_address(given.venue_url),
    )


def _home(text: str | None) -> Path | None:
    if text is None:
        return None
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise InputError(f"--home {text} is a file: give a folder, or a name for a new one.")
    return path


def _file(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_file():
        raise InputError(f"There is no file {text}: check the path given to --replay.")
    return path.absolute()


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise InputError(f"--size {text} is no size: write it like 1760x1040.")
    size = int(width), int(height)
    if not all(low <= side <= high for low, side, high in zip(SMALLEST, size, LARGEST, strict=True)):
        low, high = "x".join(map(str, SMALLEST)), "x".join(map(str, LARGEST))
        raise InputError(f"--size {text} cannot be shown: choose between {low} and {high}.")
    return size


def _screenshot(text: str | None) -> Path | None:
    if text is None:
        return None
    path = Path(text).expanduser().absolute()
    if path.suffix.lower() != ".png":
        raise InputError(f"--screenshot {text} does not end in .png: the picture is a PNG, name it so.")
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent}: make it, or give --screenshot another place.")
    return path


def _number(option: str, text: str | None, otherwise: float, largest: float) -> float:
    if text is None:
        return otherwise
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and 0 <= number <= largest):
        span = "0 or more" if math.isinf(largest) else f"0 to {largest:g}"
        raise InputError(f"{option} {text} is no number SIGMA can use: give {span}.")
    return number
