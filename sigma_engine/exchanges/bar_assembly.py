"""Rows of candles, forming and closed, streamed and asked for, become ticks and closed candles; pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.market import Bars, MarketStep, Tick, Ticks
from sigma_engine.domain.timeframe import Timeframe

GRACE_MS = 2_000
"""So long after its close a candle may still be put in order at the exchange; what it says then is taken as final."""
PATIENCE_MS = 8_000
"""So long after a close the others wait for a symbol."""
LATE_MS = 10_000
"""On a candle that comes later than this after its close nothing is opened."""
RETRY_MS = 2_000
_KEPT = 64

Gate = Callable[[int | None, Candle, Timeframe], str | None]


@dataclass(slots=True)
class _Line:
    """What is known of one symbol: rows that were not handed out yet, and the last that were.

    ``final`` are the open times whose row the exchange confirmed when they were over, ``absent`` those it has no
    candle of, ``passed`` those that went by without one.
    """

    decided_ms: int
    newest_ms: int = 0
    asked_ms: int = 0
    lagging: bool = False
    rows: dict[int, Candle] = field(default_factory=dict)
    final: set[int] = field(default_factory=set)
    absent: set[int] = field(default_factory=set)
    passed: set[int] = field(default_factory=set)
    ticked: set[int] = field(default_factory=set)
    decided: dict[int, Candle] = field(default_factory=dict)

    def keep(self, row: Candle) -> bool:
        """Take ``row`` where it tells more than what is known of its candle; whether it does."""
        known = self.rows.get(row.open_ms)
        is_old = row.open_ms <= self.decided_ms or (known is not None and row.volume < known.volume)
        if is_old or row.open_ms in self.final:
            return False
        self.rows[row.open_ms] = row
        self.newest_ms = max(self.newest_ms, row.open_ms)
        return row != known

    def forget_before(self, open_ms: int) -> None:
        """Drop what can be of no more use now that the candles of ``open_ms`` were handed out."""
        self.rows = {at_ms: row for at_ms, row in self.rows.items() if at_ms > self.decided_ms}
        self.final = {at_ms for at_ms in self.final if at_ms > self.decided_ms}
        self.absent = {at_ms for at_ms in self.absent if at_ms > open_ms}
        self.ticked = {at_ms for at_ms in self.ticked if at_ms > open_ms}
        self.passed = set(sorted(self.passed)[-_KEPT:])
        self.decided = dict(sorted(self.decided.items())[-_KEPT:])


class BarAssembly:
    """Joins rows of every symbol into the steps of a market; each candle is handed out once, in the order of time.

    ``decided_ms`` is, by symbol in the strategy's order, when its last candle opened that was handed out already.
    ``gate`` says what is wrong with a candle. A candle is handed out when the exchange confirmed it after its close
    (asked as soon as a later row came, or at the close and a grace); where it does not answer, the stream's own row
    is taken if a later one followed it. Candles that closed together make one step; who is late by more than the
    patience is not waited for, and later brings what it missed along.

    Methods are told the exchange's time and return steps; volumes of a forming candle only grow, which tells rows
    that come in a wrong order apart.
    """

    def __init__(self, timeframe: Timeframe, decided_ms: Mapping[str, int], gate: Gate) -> None:
        self._timeframe, self._gate = timeframe, gate
        self._interval_ms = timeframe.interval_ms
        self._lines = {symbol: _Line(at_ms) for symbol, at_ms in decided_ms.items()}
        self._decided_ms = max(decided_ms.values())
        self._ready_since: dict[int, int] = {}

    @property
    def decided_ms(self) -> int:
        """When the candles opened that were handed out last."""
        return self._decided_ms

    def hear(self, symbol: str, rows: Iterable[Candle], now_ms: int) -> list[MarketStep]:
        """Rows a stream told; ticks come at once."""
        line = self._lines[symbol]
        news = [row for row in self.sound(rows, now_ms) if line.keep(row)]
        return [*self.close(now_ms), *self._tick(symbol, line, news, now_ms)]

    def read(self, symbol: str, rows: Iterable[Candle], asked_ms: int, now_ms: int) -> list[MarketStep]:
        """The newest rows as the exchange answered a question of ``asked_ms``; no rows are no answer."""
        line, sound = self._lines[symbol], self.sound(rows, now_ms)
        if not sound:
            return []
        over = [row for row in sound if self._is_over(row.open_ms, asked_ms) or row.open_ms < sound[-1].open_ms]
        revised = tuple((symbol, row) for row in over if self._is_revised(line, row))
        news = [row for row in sound if line.keep(row)]
        for row in over:
            self._settle(line, row, asked_ms)
        self._note_absent(line, asked_ms, sound[-1].open_ms)
        line.decided.update((row.open_ms, row) for _, row in revised)
        line.passed -= {row.open_ms for _, row in revised}
        told = [Ticks(now_ms, (), revised=revised)] if revised else []
        return [*told, *self.close(now_ms), *self._tick(symbol, line, news, now_ms)]

    def recall(self, symbol: str, candles: Iterable[Candle]) -> None:
        """Closed candles that passed while nobody looked; `close()` hands them out."""
        line = self._lines[symbol]
        for candle in candles:
            self._settle(line, candle, candle.open_ms)

    def sound(self, rows: Iterable[Candle], now_ms: int) -> list[Candle]:
        """The rows that can be of this market now, oldest first."""
        possible = (row for row in rows if row.open_ms <= now_ms + GRACE_MS)
        sound = (row for row in possible if self._gate(None, row, self._timeframe) is None)
        return sorted(sound, key=lambda row: (row.open_ms, row.volume))

    def close(self, now_ms: int) -> list[Bars]:
        """The candles that are due."""
        steps = []
        while (open_ms := self._due(now_ms)) is not None:
            if (step := self._step(open_ms, now_ms)).candles:
                steps.append(step)
            self._decided_ms = open_ms
            self._ready_since.pop(open_ms, None)
            for line in self._lines.values():
                line.forget_before(open_ms)
        return steps

    def questions(self, now_ms: int) -> dict[str, int]:
        """Whom to ask now, and for how many of its newest candles; whoever is told has to ask."""
        asked = {}
        for symbol, line in self._lines.items():
            if self._wants(line, now_ms):
                line.asked_ms = now_ms
                asked[symbol] = self.missing(symbol, now_ms)
        return asked

    def missing(self, symbol: str, now_ms: int) -> int:
        """How many of its newest candles reach back to what was handed out last, with two to spare."""
        return (now_ms - self._lines[symbol].decided_ms) // self._interval_ms + 2

    def _before(self, now_ms: int) -> int:
        """When the candle opened that closed last."""
        return now_ms - now_ms % self._interval_ms - self._interval_ms

    def _tick(self, symbol: str, line: _Line, news: Sequence[Candle], now_ms: int) -> list[MarketStep]:
        """The price of the newest row, if it is news and of the present candle or the one before.

        What closed long ago comes first: until it was handed out, no price does.
        """
        if not news or news[-1].open_ms < max(line.newest_ms, self._before(now_ms)):
            return []
        line.lagging = False
        row = line.rows.get(news[-1].open_ms)
        is_behind = self._decided_ms < self._before(now_ms) - self._interval_ms
        if row is None or is_behind:
            return []
        line.ticked.add(row.open_ms)
        return [Ticks(now_ms, (Tick(symbol, row.close, row),))]

    def _settle(self, line: _Line, row: Candle, asked_ms: int) -> None:
        """Take an answer's row for the last word on its candle; not at once, if the stream already knew of more."""
        if row.open_ms <= line.decided_ms:
            return
        known = line.rows.get(row.open_ms)
        if known is None or row.volume >= known.volume or self._is_over(row.open_ms, asked_ms - GRACE_MS):
            line.rows[row.open_ms] = row
            line.final.add(row.open_ms)
            line.absent.discard(row.open_ms)

    def _is_over(self, open_ms: int, asked_ms: int) -> bool:
        return open_ms + self._interval_ms + GRACE_MS <= asked_ms

    def _is_revised(self, line: _Line, row: Candle) -> bool:
        """Whether a candle that was handed out is told otherwise now, or one is told that was passed over."""
        if row.open_ms > line.decided_ms:
            return False
        decided = line.decided.get(row.open_ms)
        return row.open_ms in line.passed if decided is None else decided != row

    def _note_absent(self, line: _Line, asked_ms: int, newest_ms: int) -> None:
        """Candles that were over when the question was asked and are nowhere do not exist."""
        open_ms = max(line.decided_ms, self._decided_ms) + self._interval_ms
        while self._is_over(open_ms, asked_ms if newest_ms > open_ms else asked_ms - GRACE_MS):
            if open_ms not in line.rows:
                line.absent.add(open_ms)
            open_ms += self._interval_ms

    def _wants(self, line: _Line, now_ms: int) -> bool:
        """Whether a candle is over and the exchange's last word on it is missing."""
        open_ms = self._decided_ms + self._interval_ms
        while open_ms in line.final or open_ms in line.absent:
            open_ms += self._interval_ms
        close_ms = open_ms + self._interval_ms
        if now_ms < close_ms or not (line.newest_ms > open_ms or now_ms >= close_ms + GRACE_MS):
            return False
        return line.asked_ms < close_ms or now_ms - line.asked_ms >= RETRY_MS

    def _due(self, now_ms: int) -> int | None:
        """The open time of the next candles to hand out, if it is time to."""
        open_ms = self._decided_ms + self._interval_ms
        close_ms = open_ms + self._interval_ms
        if now_ms < close_ms:
            return None
        others = [line for line in self._lines.values() if not self._is_ready(line, open_ms, now_ms)]
        if len(others) == len(self._lines):
            return open_ms if all(open_ms in line.absent for line in others) else None
        since_ms = self._ready_since.setdefault(open_ms, now_ms)
        is_late = now_ms >= max(close_ms + PATIENCE_MS, since_ms + 2 * GRACE_MS)
        return open_ms if is_late or all(line.lagging or open_ms in line.absent for line in others) else None

    def _is_ready(self, line: _Line, open_ms: int, now_ms: int) -> bool:
        """Whether the candle is known as far as it will be."""
        if open_ms in line.final:
            return True
        followed = open_ms in line.rows and line.newest_ms > open_ms
        return followed and now_ms >= open_ms + self._interval_ms + 2 * GRACE_MS

    def _step(self, open_ms: int, now_ms: int) -> Bars:
        close_ms = open_ms + self._interval_ms
        candles, missed, ticked = {}, {}, False
        for symbol, line in self._lines.items():
            ticked = ticked or open_ms in line.ticked
            if not self._is_ready(line, open_ms, now_ms):
                line.lagging = open_ms not in line.absent
                line.passed.add(open_ms)
                continue
            line.lagging = False
            candles[symbol] = line.decided[open_ms] = line.rows[open_ms]
            if before := [line.rows[at_ms] for at_ms in sorted(line.final) if at_ms < open_ms]:
                missed[symbol] = Candles.from_rows(before)
                line.decided.update((row.open_ms, row) for row in before)
                line.passed -= {row.open_ms for row in before}
            line.decided_ms = open_ms
        doubts = self._doubts(candles, now_ms - close_ms)
        return Bars(close_ms, candles, ticked, missed=missed, doubts=doubts)

    def _doubts(self, symbols: Iterable[str], late_ms: int) -> dict[str, str]:
        if late_ms <= LATE_MS:
            return {}
        return {symbol: f"the candle came {late_ms / 1000:.0f} s after its close" for symbol in symbols}
