"""`sigma-engine run`: a session without a window, its events as lines."""

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from sigma_engine import (
    AlertRaised,
    Event,
    FeedChanged,
    InputError,
    Mode,
    PositionClosed,
    PositionOpened,
    RunChanged,
    RunStatus,
    SessionRequest,
    SigmaError,
    StandingChanged,
    StrategyChanged,
    as_datetime,
    feed_words,
    open_session,
    short,
)
from sigma_engine.command_line.options import AsJson, Home, Strategy, Symbols, symbols_of
from sigma_engine.command_line.plain import event_document, json_line

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
    status, reason = asyncio.run(_trade(request, seconds, _Lines(json)))
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


class _Lines:
    """Writes each event as it happens; ``gone`` is set when nobody reads any more."""

    def __init__(self, as_json: bool) -> None:
        self._text = _json if as_json else _sentence
        self.gone = asyncio.Event()

    def write(self, event: Event) -> None:
        line = self._text(event)
        if line is None or self.gone.is_set():
            return
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            self.gone.set()


def _json(event: Event) -> str:
    return json_line(event_document(event))


def _sentence(event: Event) -> str | None:
    """What a person following along wants to read; None for the rest."""
    match event:
        case RunChanged():
            text = f"{event.status}: {event.reason}" if event.reason else str(event.status)
        case StandingChanged(standing=standing):
            text = f"account {standing.state}: {standing.reason}" if standing.reason else f"account {standing.state}"
        case FeedChanged(ways=ways):
            text = f"feed {feed_words(ways)}"
        case StrategyChanged():
            text = f"strategy {event.name}"
        case PositionOpened(position=held):
            text = f"{short(held.symbol)} {held.side} {held.quantity} at {held.entry_price}: {held.entry_reason}"
        case PositionClosed(trade=trade):
            text = f"{short(trade.symbol)} {trade.side} closed ({trade.reason}) at {trade.exit_price}, {trade.pnl:+.2f}"
        case AlertRaised():
            text = f"{event.severity}: {event.text}"
        case _:
            return None
    return f"{as_datetime(event.at_ms):%Y-%m-%d %H:%M:%S}  {text}"


async def _trade(request: SessionRequest, seconds: float | None, lines: _Lines) -> tuple[RunStatus, str]:
    """Run the session to its end, the time limit, a signal or a closed pipe; how it stood then."""
    session = await open_session(request)
    session.bus.subscribe(Event, lines.write)
    with suppress(NotImplementedError):  # Windows: there asyncio turns Ctrl-C into a cancellation
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, lines.gone.set)
    running, leaving = asyncio.create_task(session.run()), asyncio.create_task(lines.gone.wait())
    try:
        await asyncio.wait((running, leaving), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        await session.close()
        await running
    last = session.snapshot()
    return last.status, last.reason
