"""What is pushed: the markets to anybody, an account's events to its owner, in an order nobody should lean on."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import count

from aiohttp import web

from tests.servers.independent.agenda import Agenda
from tests.servers.independent.candles import INTERVALS_MS, MINUTE_MS, Bar
from tests.servers.independent.gate import Credentials
from tests.servers.independent.habits import Dialect, Maybe, Stamp, surplus
from tests.servers.independent.lines import Line, Lines
from tests.servers.independent.matching import Event
from tests.servers.independent.nouns import ZERO, Algo, Fill, Order, Position, Refusal
from tests.servers.independent.public import LEVELS, Print, Tape, ticker_row
from tests.servers.independent.rendering import Rendering, Row

SNAPSHOT_TRADES, SNAPSHOT_BARS = 20, 5
PRIVATE_CHANNELS = ("orders", "fill", "positions", "account")
Book = dict[str, dict[Decimal, Decimal]]


class PublicStreams:
    """Tickers, trades, candles and books, each with a picture first."""

    def __init__(self, tapes: Mapping[str, Tape], agenda: Agenda, dialect: Dialect) -> None:
        self._tapes, self._agenda = tapes, agenda
        self.lines = Lines(agenda, dialect, "event", self._check, self._subscribed)

    def price_set(self, printed: Print, tape: Tape) -> None:
        """Tell everybody who listens to this market."""
        for line in list(self.lines.open):
            for channel in list(line.channels):
                name, _, kind = channel.partition("@")
                if name == tape.market.name:
                    self._push(line, channel, kind, tape, printed)

    def _check(self, channel: str) -> None:
        name, _, kind = channel.partition("@")
        if name not in self._tapes:
            raise Refusal(-1121, f"invalid symbol : {name}")
        if kind not in ("ticker", "trade", "depth15", "depth200") and _interval(kind) not in INTERVALS_MS:
            raise Refusal(-1142, f"invalid channel : {channel}")

    def _subscribed(self, line: Line, channel: str) -> None:
        name, _, kind = channel.partition("@")
        tape = self._tapes[name]
        match kind:
            case "ticker":
                self._say_ticker(line, tape)
            case "trade":
                rows = [_trade(each) for each in tape.prints[-SNAPSHOT_TRADES:]]
                self._say(line, "tradeSnapshot", tape, rows)
            case "depth15" | "depth200":
                line.channels[channel] = self._say_book(line, kind, tape, None)
            case _:
                self._say_bars(line, "klineSnapshot", kind, tape, SNAPSHOT_BARS)

    def _push(self, line: Line, channel: str, kind: str, tape: Tape, printed: Print) -> None:
        match kind:
            case "ticker":
                self._say_ticker(line, tape)
            case "trade":
                self._say(line, "trade", tape, [_trade(printed)])
            case "depth15" | "depth200":
                known = line.channels[channel]
                assert isinstance(known, tuple)
                line.channels[channel] = self._say_book(line, kind, tape, known)
            case _:
                rolled = self._agenda.now_ms() % INTERVALS_MS[_interval(kind)] < MINUTE_MS
                self._say_bars(line, "kline", kind, tape, 2 if rolled else 1)

    def _say(self, line: Line, event: str, tape: Tape, rows: list[Row]) -> None:
        line.say(surplus({"e": event, "E": Stamp(self._agenda.now_ms()), "s": tape.market.name, "d": rows}))

    def _say_ticker(self, line: Line, tape: Tape) -> None:
        row = ticker_row(tape, self._agenda.now_ms())
        letters = {
            "p": "priceChange", "P": "priceChangePercent", "c": "lastPrice", "o": "openPrice", "h": "highPrice",
            "l": "lowPrice", "v": "volume", "q": "quoteVolume", "O": "openTime", "C": "closeTime", "m": "markPrice",
            "i": "indexPrice",
        }  # fmt: skip
        short: Row = {letter: row[name] for letter, name in letters.items()}
        self._say(line, "ticker", tape, [short | {"w": Maybe(tape.price), "n": Maybe(1)}])

    def _say_bars(self, line: Line, event: str, kind: str, tape: Tape, number: int) -> None:
        interval = _interval(kind)
        bars = tape.candles.newest(interval, self._agenda.now_ms(), number)
        rows = [_bar(bar, interval, tape.market.name) for bar in bars]
        frame: Row = {"e": event, "E": Stamp(self._agenda.now_ms()), "s": tape.market.name, "d": rows}
        line.say(frame | {"p": kind.partition("_")[2].partition("_")[2]})

    def _say_book(
        self, line: Line, kind: str, tape: Tape, known: tuple[Book, int] | None
    ) -> tuple[Book, int]:  # fmt: skip
        bids, asks = tape.depth(min(int(kind.removeprefix("depth")), LEVELS))
        book: Book = {"b": {price: size for price, size in bids}, "a": {price: size for price, size in asks}}
        before, last_id = known or ({"b": {}, "a": {}}, tape.update_id - 1)
        changes = {side: _changes(before[side], levels) for side, levels in book.items()}
        frame: Row = {"e": "depth" if known else "depthSnapshot", "E": Stamp(self._agenda.now_ms())}
        frame |= {"s": tape.market.name, "U": last_id + 1, "u": tape.update_id, "l": int(kind.removeprefix("depth"))}
        line.say(frame | {"d": "CHANGED" if known else "SNAPSHOT"} | changes)
        return book, tape.update_id


class PrivateStreams:
    """An account's orders, fills, positions and money, as they change; nothing is told of how they were before."""

    def __init__(self, rendering: Rendering, agenda: Agenda, dialect: Dialect, credentials: Credentials) -> None:
        self._rendering, self._agenda, self._dialect = rendering, agenda, dialect
        self._credentials, self._serial = credentials, count(1)
        self.lines = Lines(agenda, dialect, "type", self._check, lambda line, channel: None)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Let the owner of the key in."""
        try:
            self._credentials.refuse_strangers(request.headers, "/v3/ws/private", self._agenda.now_ms())
        except Refusal as refusal:
            return web.Response(status=401, text=refusal.text)
        return await self.lines.serve(request)

    def told(self, events: list[Event]) -> None:
        """Push what happened at one instant, shuffled if that is the habit."""
        events = list(events)
        if self._dialect.habits.shuffles_events:
            self._dialect.random.shuffle(events)
        for channel, row in events:
            flat = isinstance(row, Position) and not row.size
            if not flat or self._dialect.habits.flat_pushed:
                self._push(channel, row)

    def _check(self, channel: str) -> None:
        if channel not in PRIVATE_CHANNELS:
            raise Refusal(-1142, f"invalid channel : {channel}")

    def _push(self, channel: str, row: Order | Algo | Fill | Position | None) -> None:
        serial, now_ms = next(self._serial), self._agenda.now_ms()
        for line in [line for line in self.lines.open if channel in line.channels]:
            frame = {"e": channel, "E": Stamp(now_ms), "v": serial, "msgEvent": "Update", "d": [self._row(row)]}
            line.say(surplus(frame))

    def _row(self, row: Order | Algo | Fill | Position | None) -> Row:
        match row:
            case Fill():
                return self._rendering.pushed_fill(row)
            case Position():
                return self._rendering.pushed_position(row)
            case None:
                return self._rendering.pushed_account(self._agenda.now_ms())
        return self._rendering.pushed_order(row)


def _interval(kind: str) -> str:
    """``1m`` of ``kline_1m_LAST_PRICE``; nothing of anything else."""
    parts = kind.split("_", 2)
    known = len(parts) == 3 and parts[0] == "kline" and parts[2] in ("LAST_PRICE", "MARK_PRICE")
    return parts[1] if known else ""


def _changes(before: dict[Decimal, Decimal], after: dict[Decimal, Decimal]) -> list[list[Decimal]]:
    """Levels that are new or another size, and those that are gone, with no size."""
    changed = [[price, size] for price, size in after.items() if before.get(price) != size]
    return changed + [[price, ZERO] for price in before if price not in after]


def _trade(each: Print) -> Row:
    row: Row = {"T": Stamp(each.at_ms), "t": each.id, "p": each.price, "q": each.quantity}
    return row | {"v": each.price * each.quantity, "m": each.buyer_made}


def _bar(bar: Bar, interval: str, name: str) -> Row:
    worth = bar.volume * bar.close
    row: Row = {"t": Stamp(bar.open_ms), "T": Stamp(bar.open_ms + INTERVALS_MS[interval]), "s": name, "i": interval}
    row |= {"o": bar.open, "c": bar.close, "h": bar.high, "l": bar.low}
    return row | {"v": bar.volume, "n": bar.trades, "q": worth, "V": Maybe(bar.volume / 2), "Q": Maybe(worth / 2)}
