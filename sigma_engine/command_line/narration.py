"""A session told to a person who follows it in a terminal: how it begins, what happens, what it came to."""

from collections.abc import Iterator
from decimal import Decimal

from sigma_engine.clock import as_datetime
from sigma_engine.domain.account import Drill, Standing
from sigma_engine.domain.decision import Decision, NoTrade, Vetoed
from sigma_engine.domain.feed_way import feed_words
from sigma_engine.domain.money import ZERO
from sigma_engine.domain.position import Position, Trade
from sigma_engine.domain.run import Funds, Mode, RunStatus
from sigma_engine.domain.snapshot import Snapshot
from sigma_engine.domain.symbol import short
from sigma_engine.domain.venue import BillKind
from sigma_engine.events import (
    AlertRaised,
    BillBooked,
    CandleRejected,
    DecisionMade,
    Event,
    FeedChanged,
    KillSwitchPressed,
    OrderRejected,
    PositionChanged,
    PositionClosed,
    PositionOpened,
    RunChanged,
    StandingChanged,
    StrategyChanged,
)

_TOLD_BILLS = {BillKind.FUNDING, BillKind.TRANSFER, BillKind.OTHER, BillKind.UNRECONCILED}


class Narration:
    """Knows one session from its first snapshot on; every line comes without its line end.

    ``address`` is the practice exchange's, ``account`` tells one account at an exchange from another; both may be
    empty.
    """

    def __init__(self, begun: Snapshot, *, address: str = "", account: str = "") -> None:
        self._begun, self._address, self._account = begun, address, account
        self._at_exchange = begun.mode in (Mode.PAPER, Mode.LIVE)
        self._held = {position.symbol: position for position in begun.portfolio.positions}
        self._trades: list[Trade] = []
        self._reasons: dict[str, str] = {}
        self._status: tuple[RunStatus, str] | None = None
        self._standing = _account(begun.standing)

    def opening(self) -> list[str]:
        """Whose money is traded where, by what, and how the account stands."""
        begun = self._begun
        markets = ", ".join(map(short, begun.symbols))
        lines = [
            self._market(),
            f"strategy {begun.strategy_name} on {begun.timeframe} candles of {markets}",
            _money(begun),
            *(self._holding(position) for position in begun.portfolio.positions),
            _account(begun.standing),
        ]
        return [self._stamped(begun.market_ms, line) for line in lines]

    def tell(self, event: Event) -> str | None:
        """What a person following along wants to read; None for the rest."""
        text = self._words(event)
        return None if text is None else self._stamped(event.at_ms, text)

    def closing(self, ended: Snapshot) -> list[str]:
        """What the session came to, what is still held and how that is protected, and how the account stands."""
        fees = ended.portfolio.fees_paid - self._begun.portfolio.fees_paid
        lines = [
            f"{_results(self._trades)}, fees {fees:,.2f} USDT",
            _money(ended),
            *(self._left(position) for position in ended.portfolio.positions),
            _account(ended.standing),
        ]
        return [self._stamped(ended.market_ms, line) for line in lines]

    def _market(self) -> str:
        begun = self._begun
        if begun.mode is Mode.LIVE:
            whose = {Funds.PRACTICE: "practice money", Funds.DEMO: "demo money"}.get(begun.funds or Funds.REAL)
            address = f" ({self._address})" if self._address else ""
            return f"live at {begun.venue}{address}, {whose or 'REAL MONEY'}, account {self._account}"
        if begun.mode is Mode.PAPER:
            address = f" ({self._address})" if self._address else ""
            return f"paper money on the prices of {begun.venue}{address}: no order leaves this machine"
        made = "a generated market" if begun.mode is Mode.DEMO else "candles of the past"
        return f"{begun.mode} on {made}, paper money"

    def _words(self, event: Event) -> str | None:
        match event:
            case RunChanged():
                return self._run(event)
            case StandingChanged(standing=standing):
                return self._stands(standing)
            case FeedChanged(ways=ways):
                return f"feed {feed_words(ways)}"
            case StrategyChanged():
                return f"strategy {event.name}"
            case PositionOpened(position=held):
                self._held[held.symbol] = held
                return f"{_position(held)}{_levels(held)}: {held.entry_reason}"
            case PositionChanged(position=held):
                before = self._held.get(held.symbol)
                self._held[held.symbol] = held
                return self._change(before, held) if self._at_exchange else None
            case PositionClosed(trade=trade):
                self._held.pop(trade.symbol, None)
                self._trades.append(trade)
                return _closed(trade)
            case AlertRaised():
                return f"{event.severity}: {event.text}"
            case _:
                return self._trouble(event)

    def _trouble(self, event: Event) -> str | None:
        """What happens at an exchange besides trades."""
        match event:
            case KillSwitchPressed(drill=drill):
                return _drill(drill)
            case CandleRejected() if self._at_exchange:
                return f"{short(event.symbol)} prices: {event.reason}"
            case DecisionMade(decision=decision) if self._at_exchange:
                return self._held_back(decision)
            case OrderRejected(order=order) if self._begun.mode is not Mode.LIVE:  # a live account raises an alert
                return f"{short(order.symbol)} {order.leg} order refused: {order.refusal}"
            case BillBooked(bill=bill) if bill.kind in _TOLD_BILLS:
                where = f" {short(bill.symbol)}" if bill.symbol else ""
                return f"{bill.kind}{where} {bill.amount:+f} USDT"
            case _:
                return None

    def _stands(self, standing: Standing) -> str | None:
        """A standing once: what the opening said already is no news."""
        before, self._standing = self._standing, _account(standing)
        return None if before == self._standing else self._standing

    def _held_back(self, decision: Decision) -> str | None:
        """Why a market the strategy wants to be in is not entered, said again only where the reason is another."""
        match decision:
            case Vetoed():
                reason = decision.reason
            case NoTrade(caps=caps) if caps:
                reason = f"{decision.reason}; more money, a higher risk per trade or a cheaper coin can be traded"
            case _:
                reason = ""
        before, self._reasons[decision.symbol] = self._reasons.get(decision.symbol, ""), reason
        return f"{short(decision.symbol)} is not entered: {reason}" if reason not in ("", before) else None

    def _run(self, event: RunChanged) -> str | None:
        """A change once: the same is published again where only the account's standing changed."""
        now = event.status, event.reason
        if now == self._status:
            return None
        self._status = now
        return f"{event.status}: {event.reason}" if event.reason else str(event.status)

    def _change(self, before: Position | None, held: Position) -> str | None:
        """A stop that moved, or protection that came or went."""
        name = short(held.symbol)
        if before is not None and before.stop != held.stop:
            return f"{name} stop moved to {held.stop} ({held.stop_kind})"
        if before is None or (before.protected_ms is None) is (held.protected_ms is None):
            return None
        if held.protected_ms is None:
            return f"{name} has no stop at {self._begun.venue} at present"
        return f"{name} is protected: its stop rests at {self._begun.venue}"

    def _holding(self, position: Position) -> str:
        return f"holds {_position(position)}{_levels(position)}"

    def _left(self, position: Position) -> str:
        """A position that outlives the session, and who watches over it."""
        return f"still open: {_position(position)}, {position.unrealised:+.2f} USDT; {self._guard(position)}"

    def _guard(self, position: Position) -> str:
        if self._begun.mode is not Mode.LIVE:
            return f"paper{_levels(position)}, watched again once SIGMA runs"
        if position.protected_ms is not None:
            return f"protected at {self._begun.venue}{_levels(position)}"
        return f"NOT protected at {self._begun.venue}: nobody watches it until SIGMA runs again; look at it there"

    @staticmethod
    def _stamped(at_ms: int, text: str) -> str:
        return f"{as_datetime(at_ms):%Y-%m-%d %H:%M:%S}  {text}"


def _account(standing: Standing) -> str:
    return f"account {standing.state}: {standing.reason}" if standing.reason else f"account {standing.state}"


def _money(snapshot: Snapshot) -> str:
    portfolio = snapshot.portfolio
    held = "" if portfolio.positions else ", nothing is held"
    return f"balance {portfolio.wallet:,.2f} USDT, equity {portfolio.equity:,.2f} USDT{held}"


def _position(held: Position) -> str:
    return f"{short(held.symbol)} {held.side} {held.quantity} at {held.entry_price}"


def _levels(held: Position) -> str:
    levels = (("stop", held.stop), ("target", held.target))
    return "".join(f", {name} {level}" for name, level in levels if level is not None)


def _closed(trade: Trade) -> str:
    return f"{short(trade.symbol)} {trade.side} closed ({trade.reason}) at {trade.exit_price}, {trade.pnl:+.2f} USDT"


def _results(trades: list[Trade]) -> str:
    if not trades:
        return "no trade was closed"
    result: Decimal = sum((trade.pnl for trade in trades), ZERO)
    won = sum(trade.pnl > 0 for trade in trades)
    count = f"{len(trades)} trade{'' if len(trades) == 1 else 's'} closed"
    return f"{count}, {won} won, result {result:+,.2f} USDT"


def _drill(drill: Drill) -> str:
    return f"kill switch: {', '.join(_figures(drill))}"


def _figures(drill: Drill) -> Iterator[str]:
    yield f"entries stopped in {drill.entries_stopped_ms} ms"
    if drill.cancelled_ms is not None:
        yield f"waiting orders cancelled in {drill.cancelled_ms} ms"
    if drill.flat_ms is not None:
        yield f"all closed in {drill.flat_ms} ms"
