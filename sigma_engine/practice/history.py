"""Everything that happened at the exchange, in order, and what of it a reading at an earlier instant would show."""

from collections.abc import Callable

from sigma_engine.practice.nouns import Bill, Changed, Fill, Order, Position, Wallet

Handler = Callable[[Changed], None]


def moment(change: Changed) -> int:
    """When it happened, UTC milliseconds."""
    return change.updated_ms if isinstance(change, Order | Position) else change.at_ms


class Snapshot:
    """What stood at the exchange after the first ``seen`` changes of the history."""

    def __init__(self) -> None:
        self.seen = 0
        self.orders: dict[int, Order] = {}
        self.positions: dict[int, Position] = {}
        self.fills: list[Fill] = []
        self.bills: list[Bill] = []
        self.wallet: Wallet | None = None

    def apply(self, change: Changed) -> None:
        """Let one more change stand."""
        self.seen += 1
        match change:
            case Order():
                self.orders[change.order_id] = change
            case Position(size=0):
                self.positions.pop(change.position_id, None)
            case Position():
                self.positions[change.position_id] = change
            case Fill():
                self.fills.append(change)
            case Bill():
                self.bills.append(change)
            case Wallet():
                self.wallet = change
            case _:
                pass


class History:
    """The append-only truth; whoever listens is told of each change right after it stands."""

    def __init__(self) -> None:
        self._changes: list[Changed] = []
        self._handlers: list[Handler] = []
        self._past: dict[str, tuple[int, Snapshot]] = {}
        self.now = Snapshot()

    def listen(self, handler: Handler) -> Callable[[], None]:
        """Tell ``handler`` of everything from now on; the answer ends that."""
        self._handlers.append(handler)
        return lambda: self._handlers.remove(handler)

    def record(self, change: Changed) -> None:
        """Let ``change`` have happened."""
        self._changes.append(change)
        self.now.apply(change)
        for handler in tuple(self._handlers):
            handler(change)

    def all(self) -> tuple[Changed, ...]:
        """Everything, oldest first."""
        return tuple(self._changes)

    def as_of(self, reader: str, now_ms: int, lag_ms: int) -> Snapshot:
        """What ``reader`` sees at ``now_ms`` if what it asks lags by ``lag_ms``."""
        if not lag_ms:
            return self.now
        kept_lag_ms, snapshot = self._past.get(reader, (lag_ms, Snapshot()))
        if lag_ms > kept_lag_ms:
            snapshot = Snapshot()
        self._past[reader] = lag_ms, snapshot
        while snapshot.seen < len(self._changes) and moment(self._changes[snapshot.seen]) <= now_ms - lag_ms:
            snapshot.apply(self._changes[snapshot.seen])
        return snapshot
