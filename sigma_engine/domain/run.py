"""A run: one session of trading with its own account, and where it stands."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from sigma_engine.domain.timeframe import Timeframe


class Mode(StrEnum):
    """Where the market and the fills come from."""

    DEMO = "demo"
    REPLAY = "replay"
    PAPER = "paper"
    LIVE = "live"


class Funds(StrEnum):
    """Whose money is at stake."""

    SIMULATED = "simulated"
    """Nobody's: the fills are made up here."""
    PRACTICE = "practice"
    """A practice exchange's on this machine."""
    DEMO = "demo"
    """Demo money at the exchange itself."""
    REAL = "real"


class RunStatus(StrEnum):
    """What a run is doing."""

    RUNNING = "running"
    PAUSED = "paused"
    """No new entries; open positions are managed."""
    STOPPED = "stopped"
    """Nothing moves until it is started again."""
    ENDED = "ended"
    """A replay came to its last candle, or SIGMA was closed in order; a demo or an account goes on from there."""
    FAILED = "failed"
    """The engine met an error it could not mend; the reason is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """All that a restart needs besides the positions and open orders.

    ``strategy`` is the spec's JSON, ``source`` names the market whose candles are kept, ``feed_checkpoint`` is
    the feed's own note of where it stood at ``market_ms``.
    """

    run_id: str
    mode: Mode
    status: RunStatus
    strategy_name: str
    strategy: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    source: str
    started_ms: int
    market_ms: int
    initial: Decimal
    wallet: Decimal
    day_open_equity: Decimal
    peak_equity: Decimal
    trades_today: int
    fees_paid: Decimal
    feed_checkpoint: str
    account_id: str = ""
    """Tells one account at an exchange from another; empty where there is no exchange."""

    @property
    def account(self) -> str:
        """The name under which the store keeps how far this account may trade."""
        return account_name(self.mode, self.source, self.account_id)


def account_name(mode: Mode, source: str, account_id: str) -> str:
    """The name under which the store keeps how far an account may trade."""
    within = (source, account_id) if mode in (Mode.PAPER, Mode.LIVE) else ()
    return ":".join(filter(None, (mode, *within)))


def at_exchange(account: str) -> bool:
    """Whether the account of that name trades in the market of an exchange, with real money or without."""
    return account.partition(":")[0] in (Mode.PAPER, Mode.LIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest:
    """What a person asked to be opened.

    ``home`` overrides the data folder, ``speed`` is market time over wall time (0: as fast as it can, None: the
    mode's own), ``strategy`` is a preset's name or a spec file, ``symbols`` narrows the strategy's own. Paper and live
    trade at ``venue``; ``venue_url`` puts a practice exchange on this machine in its place.
    """

    mode: Mode = Mode.DEMO
    home: Path | None = None
    replay: tuple[Path, ...] = ()
    speed: float | None = None
    strategy: str | None = None
    symbols: tuple[str, ...] = ()
    venue: str = "weex"
    venue_url: str | None = None
