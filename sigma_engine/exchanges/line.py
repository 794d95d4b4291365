"""One question at a time down the line to an exchange: its turn, its time, its raw answer, and what that means."""

import asyncio
import decimal
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from ccxt.base import errors as ccxt_errors

from sigma_engine.clock import within
from sigma_engine.errors import VenueBusy, VenueError
from sigma_engine.exchanges.budget import Budget, Lane, Silenced
from sigma_engine.exchanges.http_session import LISTENER, Answer
from sigma_engine.exchanges.outcomes import document, expired, refusal, said_code, wants_silence_ms
from sigma_engine.exchanges.refusals import UNREADABLE
from sigma_engine.exchanges.venue_clock import VenueClock

READ_MS = 10_000
FAILURES = (
    ccxt_errors.BaseError,
    TimeoutError,
    aiohttp.ClientError,
    OSError,
    ArithmeticError,
    RecursionError,
    *UNREADABLE,
)
"""What a question down the line may raise."""

Question = Callable[[], Awaitable[Any]]
"""A call of ccxt, made anew each time: it writes into what it is given."""


class Line:
    """The way to one account; ``client`` is ccxt's. Nothing is ever asked twice by itself but a reading."""

    def __init__(self, title: str, client: Any, clock: VenueClock, budget: Budget, public_weight: int) -> None:
        self.title, self.client, self.clock, self.budget = title, client, clock, budget
        self.clock_doubted = asyncio.Event()
        self._public_weight = public_weight

    async def ask(self, allowed_ms: int, question: Question) -> tuple[Answer, Exception | None]:
        """The raw answer within ``allowed_ms``, and what ccxt made of it where it raised; its turn has come already."""
        answer, error = Answer(), None
        try:
            await within(self.clock, allowed_ms, _listening(question, answer))
        except FAILURES as raised:
            error = raised
        if (silence_ms := wants_silence_ms(answer)) is not None:
            self.budget.silence(self.clock.now_ms() + silence_ms)
        if expired(answer):
            self.clock_doubted.set()
        return answer, error

    async def read(self, lane: Lane, weight: int, subject: str, question: Question) -> Any:
        """The answer's document; raises `VenueError` and its kin, in words, where there is none.

        Where the exchange says that the question came too late, the clocks are compared and it is asked once more.
        """
        answer, error = await self.heard(lane, weight, question)
        if expired(answer):
            await self.compare_clocks()
            answer, error = await self.heard(lane, weight, question)
        return self.told(answer, error, subject)

    async def heard(self, lane: Lane, weight: int, question: Question) -> tuple[Answer, Exception | None]:
        """Wait for the turn, then ask; raises `VenueBusy` while the exchange wants silence."""
        try:
            await self.budget.turn(lane, weight)
        except Silenced as silenced:
            raise self.busy(silenced) from None
        return await self.ask(READ_MS, question)

    def told(self, answer: Answer, error: Exception | None, subject: str) -> Any:
        """What the answer says; raises where it says nothing or refuses."""
        said = document(answer)
        good = answer.status in (200, 201) and said is not None
        if good and not (isinstance(said, Mapping) and said_code(said) != (None, "")):
            return said
        raise refusal(self.title, subject, answer, error, self.clock.now_ms())

    def busy(self, silenced: Silenced) -> VenueBusy:
        """Why nothing is asked now."""
        left_s = max(0, silenced.until_ms - self.clock.now_ms()) / 1000
        return VenueBusy(
            f"{self.title} wants no questions for {left_s:.0f} s more: SIGMA waits and goes on by itself.",
            silenced.until_ms,
        )

    async def compare_clocks(self) -> None:
        """Measure how far this machine's clock is off; raises `VenueError` where the exchange does not say."""
        try:
            await self.budget.turn(Lane.RECONCILE, 5 * self._public_weight)
        except Silenced as silenced:
            raise self.busy(silenced) from None
        await self.clock.measure(self._time)
        self.clock_doubted.clear()

    async def _time(self) -> int:
        said = self.told(*await self.ask(READ_MS, lambda: self.client.fetch_time()), "its time")
        try:
            return int(said["serverTime"])
        except UNREADABLE:
            raise VenueError(f"{self.title} told a time SIGMA cannot read: SIGMA asks again by itself.") from None


async def _listening(question: Question, answer: Answer) -> None:
    """Ask in a context of its own: ccxt changes how decimals are rounded, for everyone who shares it."""
    LISTENER.set(answer)
    with decimal.localcontext():
        await question()
