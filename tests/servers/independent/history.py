"""What a reading that lags behind sees: the ledger as it was."""

from collections import deque

from tests.servers.independent.habits import Lags
from tests.servers.independent.nouns import Ledger


class History:
    """The ledger's states of late; nothing is kept where nothing lags."""

    def __init__(self, lags: Lags) -> None:
        self._reach_ms = max(lags.orders, lags.algos, lags.fills, lags.positions, lags.balance, lags.bills)
        self._states: deque[tuple[int, Ledger]] = deque()

    def note(self, now_ms: int, ledger: Ledger) -> None:
        """Remember how it stands now."""
        if not self._reach_ms:
            return
        if self._states and self._states[-1][0] == now_ms:
            self._states.pop()
        self._states.append((now_ms, ledger.copy()))
        while len(self._states) > 1 and self._states[1][0] <= now_ms - self._reach_ms:
            self._states.popleft()

    def as_of(self, at_ms: int, ledger: Ledger) -> Ledger:
        """How it stood then; ``ledger`` where that was not kept."""
        past = [state for noted_ms, state in self._states if noted_ms <= at_ms]
        return past[-1] if past else ledger
