"""How far an account may trade at present, and why."""

from dataclasses import dataclass
from enum import StrEnum


class AccountState(StrEnum):
    """From the freest to the most careful; only an active account opens anything."""

    ACTIVE = "active"
    RECONCILING = "reconciling"
    """What the exchange holds is being compared with what is known here; nothing is opened until it agrees."""
    REDUCING = "reducing"
    """Positions are protected and may be closed, nothing is opened."""
    HALTED = "halted"
    """The same, and only a person may lift it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state of an account since ``since_ms``; ``reason`` is empty while it is active.

    A ``latched`` one survives a restart and is lifted by a person alone.
    """

    state: AccountState
    reason: str
    since_ms: int
    latched: bool = False

    @property
    def may_enter(self) -> bool:
        """Whether new positions may be opened."""
        return self.state is AccountState.ACTIVE


FREE = Standing(state=AccountState.ACTIVE, reason="", since_ms=0)
"""Nothing was ever in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A kill switch that was pressed: when, and how long the venue took, in milliseconds.

    ``entries_stopped_ms`` until the last entry could leave, ``cancelled_ms`` until the last cancellation was sent,
    ``flat_ms`` until nothing was held; None where that was not asked for or did not come.
    """

    at_ms: int
    entries_stopped_ms: int
    cancelled_ms: int | None
    flat_ms: int | None


PRESSED_WHILE_IDLE = "the kill switch was pressed while nothing ran"


@dataclass(frozen=True, slots=True, kw_only=True)
class KillRequest:
    """A kill switch pressed outside the session, at ``pressed_ms`` of the wall; ``flatten`` closes positions too."""

    pressed_ms: int
    flatten: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KillAnswer:
    """What a session did with the request of ``pressed_ms``: the halt was stored ``halted_ms`` after it, by the wall.

    ``account`` is the name under which its standing is kept, ``venue`` the exchange's title or empty, ``held`` the
    symbols of the positions open then. ``drill`` comes once its figures are complete.
    """

    pressed_ms: int
    halted_ms: int
    account: str
    venue: str
    held: tuple[str, ...]
    drill: Drill | None = None
