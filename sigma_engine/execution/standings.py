"""What keeps an account from trading freely, each concern by its name; the most careful one decides."""

from dataclasses import dataclass

from sigma_engine.domain.account import AccountState, Standing

_CARE = {state: rank for rank, state in enumerate(AccountState)}


@dataclass(frozen=True, slots=True)
class _Concern:
    state: AccountState
    reason: str


class Standings:
    """Concerns come and go by themselves; a latched standing stays until a person lifts it."""

    def __init__(self, latched: Standing | None, at_ms: int) -> None:
        self._latched = latched if latched is not None and latched.latched else None
        self._concerns: dict[str, _Concern] = {}
        self._shown = self._latched or Standing(state=AccountState.ACTIVE, reason="", since_ms=at_ms)

    @property
    def standing(self) -> Standing:
        """What the account may do at this instant, told or not."""
        return self._present(self._shown.since_ms)

    @property
    def latched(self) -> Standing | None:
        """What only a person may lift."""
        return self._latched

    def raise_concern(self, name: str, state: AccountState, reason: str) -> None:
        """Let ``name`` hold the account back."""
        self._concerns[name] = _Concern(state, reason)

    def settle(self, name: str) -> None:
        """``name`` holds it back no longer."""
        self._concerns.pop(name, None)

    def latch(self, state: AccountState, reason: str, at_ms: int) -> None:
        """Hold it back until a person says otherwise; a harder latch replaces a softer one, never the reverse."""
        if self._latched is None or _CARE[state] > _CARE[self._latched.state]:
            self._latched = Standing(state=state, reason=reason, since_ms=at_ms, latched=True)

    def lift(self) -> None:
        """A person lets it trade again."""
        self._latched = None

    def changed(self, at_ms: int) -> Standing | None:
        """The standing, if it is not what was told last."""
        now = self._present(at_ms)
        if (now.state, now.reason, now.latched) == (self._shown.state, self._shown.reason, self._shown.latched):
            return None
        self._shown = now
        return now

    def _present(self, at_ms: int) -> Standing:
        worst = max(self._concerns.values(), key=lambda concern: _CARE[concern.state], default=None)
        if self._latched is not None and (worst is None or _CARE[worst.state] <= _CARE[self._latched.state]):
            return self._latched
        if worst is None:
            return Standing(state=AccountState.ACTIVE, reason="", since_ms=at_ms)
        since_ms = self._shown.since_ms if worst.state is self._shown.state else at_ms
        return Standing(state=worst.state, reason=worst.reason, since_ms=since_ms)
