"""`sigma-engine exchange`: the practice exchange, for whoever speaks WEEX's contract API."""

import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from sigma_engine.clock import Clock, ScaledClock, SystemClock, system_ms
from sigma_engine.command_line.options import AsJson
from sigma_engine.command_line.output import write_document, write_text
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.symbol import QUOTE, base, short
from sigma_engine.errors import InputError
from sigma_engine.market.candle_file import read_telling_file
from sigma_engine.market.joining import common_timeframe, joined_files
from sigma_engine.market.replay import HISTORY_BARS
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.generated import generated
from sigma_engine.practice.listings import listing_of, usual_listings
from sigma_engine.practice.market import Market
from sigma_engine.practice.nouns import UNIT, DuplicateIds, Listing
from sigma_engine.practice.server import PracticeServer
from sigma_engine.practice.signature import PREFIX, Key
from sigma_engine.practice.sources import Source, replayed
from sigma_engine.practice.streams import Streams

exchange = typer.Typer(rich_markup_mode=None, invoke_without_command=True)


@exchange.callback()
def _practice(context: typer.Context) -> None:
    """The practice exchange: WEEX's interface on this machine. Start it with: sigma-engine exchange serve"""
    if context.invoked_subcommand is None:
        write_text(context.get_help())


@dataclass(frozen=True, slots=True)
class _Fair:
    """What is traded and on which clock."""

    listings: tuple[Listing, ...]
    sources: tuple[Source, ...]
    clock: Clock


@exchange.command()
def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port of 127.0.0.1; 0: any free one.")] = 0,
    replay: Annotated[
        list[Path] | None, typer.Option("--replay", help="Candle file to replay; may be repeated.")
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="More candle files to replay.")] = None,
    speed: Annotated[
        float,
        typer.Option(
            "--speed",
            min=0.01,
            help="Market time over wall time; whoever trades here needs the same: sigma-engine run --speed.",
        ),
    ] = 1.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the market it makes and of its book.")] = 0,
    deposit: Annotated[
        float, typer.Option("--deposit", min=1, max=1e9, help="What the account begins with, USDT.")
    ] = 10_000,
    duplicate_ids: Annotated[
        DuplicateIds, typer.Option("--duplicate-ids", help="What becomes of an order whose client id was used before.")
    ] = DuplicateIds.REJECT,
    key: Annotated[str, typer.Option("--key", help="The account's key; it begins with practice-.")] = "practice-key",
    secret: Annotated[str, typer.Option("--secret", help="What requests are signed with.")] = "practice-secret",
    passphrase: Annotated[
        str, typer.Option("--passphrase", help="What is sent along with the key.")
    ] = "practice-passphrase",
    json: AsJson = False,
) -> None:
    """Serve WEEX's contract API on 127.0.0.1, with a market of its own or a replayed one, until Ctrl-C.

    The clock of a replay begins at its files' own time, behind a history of the first third, at most 3,000 candles.
    Requests are signed with the exchange's time, which it tells: with a replay or another speed it is not the wall's.
    """
    if not key.startswith(PREFIX):
        raise InputError(
            f"--key must begin with {PREFIX}, so that nobody takes it for a real one: call it {PREFIX}key."
        )
    files = (*(replay or ()), *(more or ()))
    fair = _replayed(files, speed, seed) if files else _generated(speed, seed)
    account = Exchange(
        fair.listings,
        fair.clock.now_ms,
        int(Decimal(str(deposit)) * UNIT),
        duplicate_ids=duplicate_ids,
        seed=seed,
    )
    market = Market(account, fair.sources, fair.clock.now_ms, seed=seed)
    owner = Key(key=key, secret=secret, passphrase=passphrase)
    streams = Streams(account, market, fair.clock.now_ms, (owner,))
    server = PracticeServer(account, fair.clock.now_ms, (owner,), market=market, streams=streams, port=port)
    asyncio.run(_serve(server, market, streams, fair.clock, port, owner, deposit, json))


def _generated(speed: float, seed: int) -> _Fair:
    start_ms = system_ms()
    clock = SystemClock() if speed == 1 else ScaledClock(start_ms, speed)
    listings = usual_listings()
    return _Fair(listings, generated(listings, start_ms, seed=seed), clock)


def _replayed(paths: Sequence[Path], speed: float, seed: int) -> _Fair:
    files = [read_telling_file(path) for path in paths]
    interval_ms, series = common_timeframe(files).interval_ms, joined_files(files)
    start_ms = max(int(candles.open_ms[min(len(candles) // 3, HISTORY_BARS)]) for candles in series.values())
    listings = {symbol: _listing(symbol, candles) for symbol, candles in series.items()}
    sources = [
        replayed(listings[symbol], _rows(symbol, candles, start_ms), interval_ms, start_ms, seed=seed)
        for symbol, candles in series.items()
    ]
    return _Fair(tuple(listings.values()), tuple(sources), ScaledClock(start_ms, speed))


def _listing(symbol: str, candles: Candles) -> Listing:
    columns = (candles.open, candles.high, candles.low, candles.close)
    return listing_of(base(symbol) + QUOTE, [price for column in columns for price in column.tolist()])


def _rows(symbol: str, candles: Candles, start_ms: int) -> list[tuple[int, float, float, float, float, float]]:
    if len(candles) < 2:
        raise InputError(
            f"There is one candle of {short(symbol)} only, and so nothing to replay: give a file with more of them."
        )
    if candles.open_ms[-1] < start_ms or candles.open_ms[0] > start_ms:
        raise InputError(
            f"The candles of {short(symbol)} do not lie beside those of the other files: replay files of one time."
        )
    return [(each.open_ms, each.open, each.high, each.low, each.close, each.volume) for each in candles]


async def _serve(
    server: PracticeServer,
    market: Market,
    streams: Streams,
    clock: Clock,
    port: int,
    owner: Key,
    deposit: float,
    as_json: bool,
) -> None:
    """Serve until a signal says that it is enough."""
    enough = asyncio.Event()
    with suppress(NotImplementedError):  # Windows: there asyncio turns Ctrl-C into a cancellation
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, enough.set)
    try:
        address = await server.start()
    except OSError:
        await server.stop()
        raise InputError(f"Port {port} of 127.0.0.1 is in use: choose another --port, or 0 for any free one.") from None
    _announce(address, owner, deposit, as_json)
    running = [asyncio.ensure_future(each.run(clock.sleep_until)) for each in (market, streams)]
    try:
        await enough.wait()
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        await server.stop()


def _announce(address: str, owner: Key, deposit: float, as_json: bool) -> None:
    if as_json:
        write_document({"address": address, "key": owner.key, "secret": owner.secret, "passphrase": owner.passphrase})
    else:
        write_text(f"The practice exchange serves at {address}. Ctrl-C ends it.")
        write_text(f"Key {owner.key}, secret {owner.secret}, passphrase {owner.passphrase}")
        write_text(
            f"The account begins anew with {deposit:,.2f} USDT at every start: SIGMA needs a fresh data folder where "
            "it traded on an earlier one (--home FOLDER)."
        )
