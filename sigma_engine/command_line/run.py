"""`sigma-engine run`: a session without a window, told in lines and kept in a log."""

import asyncio
import logging
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer

from sigma_engine import Event, InputError, Mode, RunStatus, SessionRequest, SigmaError, log_file, open_session
from sigma_engine.command_line.narration import Narration
from sigma_engine.command_line.options import AsJson, Home, Strategy, Symbols, symbols_of
from sigma_engine.command_line.plain import event_document, json_line
from sigma_engine.storage.folder import DataFolder

log = logging.getLogger(__name__)

FILE = "engine.log"
AT_EXCHANGE = (Mode.PAPER, Mode.LIVE)
TURN_S = 0.0005
"""So long another thread keeps the interpreter before a commit that came back, or an order, has its turn."""


def run(
    mode: Annotated[Mode | None, typer.Option("--mode", help="Where the market comes from. Default: demo.")] = None,
    replay: Annotated[
        list[Path] | None, typer.Option("--replay", help="Candle file to replay; may be repeated.")
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="More candle files to replay.")] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            "--speed",
            min=0,
            help="Market time over wall time; 0: as fast as it can. "
            "With --venue-url the one the practice exchange is served at: exchange serve --speed.",
        ),
    ] = None,
    seconds: Annotated[float | None, typer.Option("--for", min=0, help="End after this many seconds.")] = None,
    venue: Annotated[
        str | None, typer.Option("--venue", help="Exchange of --mode paper or live. Default: weex.")
    ] = None,
    venue_url: Annotated[
        str | None, typer.Option("--venue-url", help="A practice exchange on this machine in the exchange's place.")
    ] = None,
    strategy: Strategy = None,
    symbols: Symbols = None,
    json: AsJson = False,
    home: Home = None,
) -> None:
    """Trade without a window; ends when a replay ends, after --for seconds, or with Ctrl-C."""
    files = (*(replay or ()), *(more or ()))
    chosen = _possible(mode, files)
    _require_exchange(chosen, {"--venue": venue, "--venue-url": venue_url})
    request = SessionRequest(
        mode=chosen,
        home=home,
        replay=files,
        speed=speed,
        strategy=strategy,
        symbols=symbols_of(symbols),
        venue=venue or SessionRequest().venue,
        venue_url=venue_url,
    )
    sys.setswitchinterval(TURN_S)
    with _logged(DataFolder.locate(home).logs):
        status, reason = asyncio.run(_trade(request, seconds, json))
    if status is RunStatus.FAILED:
        raise SigmaError(reason)


def _possible(mode: Mode | None, files: tuple[Path, ...]) -> Mode:
    """``mode`` if this version can run it with these files; without one, what the files suggest."""
    if mode in AT_EXCHANGE and files:
        raise InputError(f"--mode {mode} takes its prices from an exchange: leave the files out, or use --mode replay.")
    if mode in AT_EXCHANGE:
        return mode
    if mode is Mode.REPLAY and not files:
        raise InputError("--mode replay needs the market to replay: add --replay FILE.")
    if mode is Mode.DEMO and files:
        raise InputError("--mode demo makes its own market: leave the files out, or use --mode replay.")
    return Mode.REPLAY if files else Mode.DEMO


def _require_exchange(mode: Mode, given: dict[str, str | None]) -> None:
    """Refuse options of an exchange where there is none."""
    for name, value in given.items():
        if value is not None and mode not in AT_EXCHANGE:
            raise InputError(
                f"{name} is for an exchange, and --mode {mode} has none: leave it out, or add --mode paper or live."
            )


class _Teller:
    """Says on stdout what happens, in words or as JSON, and in the log in words; ``enough``: it is time to end."""

    def __init__(self, narration: Narration, as_json: bool) -> None:
        self._narration, self._as_json = narration, as_json
        self._unread = False
        self.enough = asyncio.Event()

    def say(self, lines: Iterable[str]) -> None:
        for line in lines:
            log.info("%s", line)
            if not self._as_json:
                self._write(line)

    def hear(self, event: Event) -> None:
        if self._as_json:
            self._write(json_line(event_document(event)))
        told = self._narration.tell(event)
        self.say([] if told is None else [told])

    def _write(self, line: str) -> None:
        if self._unread:
            return
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            self._unread = True
            self.enough.set()


@contextmanager
def _logged(folder: Path) -> Iterator[None]:
    """Everything is in the folder's log meanwhile, and on stderr what is critical alone: that has one sentence."""
    with ExitStack() as ending:
        others = list(logging.getLogger().handlers)
        try:
            log_file(folder, FILE, ending)
        except OSError:  # opening the data folder says why, and ends the command
            others = []
        for handler in others:
            ending.callback(handler.setLevel, handler.level)
            handler.setLevel(logging.CRITICAL)
        yield


async def _trade(request: SessionRequest, seconds: float | None, as_json: bool) -> tuple[RunStatus, str]:
    """Run the session to its end, the time limit, a signal or a closed pipe; how it stood then."""
    session = await open_session(request)
    narration = Narration(session.snapshot(), address=request.venue_url or "", account=session.state.account_id)
    teller = _Teller(narration, as_json)
    session.bus.subscribe(Event, teller.hear)
    teller.say(narration.opening())
    with suppress(NotImplementedError):  # Windows: there asyncio turns Ctrl-C into a cancellation
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, teller.enough.set)
    running, leaving = asyncio.create_task(session.run()), asyncio.create_task(teller.enough.wait())
    try:
        await asyncio.wait((running, leaving), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        await session.close()
        await running
    last = session.snapshot()
    teller.say(narration.closing(last))
    return last.status, last.reason
