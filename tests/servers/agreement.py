"""Whether SIGMA's database, the exchange's own history and the promises of reliability.md §2.4 agree."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, select

from sigma_engine.clock import Clock
from sigma_engine.domain.account import AccountState, Standing
from sigma_engine.domain.order import Leg, OrderState
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.nouns import UNIT, Fill
from sigma_engine.storage.models import FillRow, OrderRow, PositionRow, RunRow
from tests.servers import truth

PROTECTED_MS, FLAT_MS = 5_000, 15_000
TINY = Decimal("1e-8")


class Stand(Protocol):
    """The exchange's side."""

    @property
    def exchange(self) -> Exchange: ...

    @property
    def clock(self) -> Clock: ...


class Standings(Protocol):
    """What SIGMA says of the account."""

    @property
    def standing(self) -> Standing: ...


class Sitting(Protocol):
    """SIGMA's side of it, and where its database is."""

    @property
    def stand(self) -> Stand: ...

    @property
    def standings(self) -> Standings: ...

    @property
    def file(self) -> Path: ...


def amount(parts: int) -> Decimal:
    return Decimal(parts) / UNIT


def disagreements(sitting: Sitting, *, latched: bool = False, protected_ms: int = PROTECTED_MS) -> list[str]:
    """Everything that is not as it should be once all is quiet; empty is what a test wants."""
    exchange = sitting.stand.exchange
    return [
        *_standing(sitting, latched),
        *_exposure(exchange),
        *_protection(sitting, protected_ms),
        *_database(sitting),
    ]


def _standing(sitting: Sitting, latched: bool) -> Iterator[str]:
    standing = sitting.standings.standing
    if (standing.state is not AccountState.ACTIVE) is not latched:
        yield f"the account is {standing.state}: {standing.reason}"


def _exposure(exchange: Exchange) -> Iterator[str]:
    """I1: what was executed under each of our client ids was asked for once."""
    for client_id, excess in truth.overfilled(exchange.history).items():
        yield f"{client_id} was executed {amount(excess)} too much"
    for client_id, most in truth.most_working(exchange.history).items():
        if client_id.startswith("sg") and most > 1:
            yield f"{client_id} worked {most} times at once"


def _protection(sitting: Sitting, protected_ms: int) -> Iterator[str]:
    """I3: no position was bare for longer than 5 s, unless it was flat within 15 s."""
    history = sitting.stand.exchange.history
    for gap in truth.unprotected(history, sitting.stand.clock.now_ms()):
        ended_flat = not truth.size_at(history, (gap.symbol, gap.hold), gap.until_ms)
        allowed = FLAT_MS if ended_flat else protected_ms
        if gap.length_ms > allowed:
            yield f"{gap.symbol} {gap.hold} was bare for {gap.length_ms} ms"


def _database(sitting: Sitting) -> Iterator[str]:
    """I2: orders, executions, positions and wallet are the exchange's."""
    engine = create_engine(f"sqlite:///{sitting.file}")
    try:
        with engine.connect() as connection:
            yield from _fills(sitting, connection.execute(select(FillRow.__table__)).mappings().all())
            rows = connection.execute(select(OrderRow.__table__)).mappings().all()
            yield from _orders(rows)
            yield from _at_the_exchange(sitting.stand.exchange, rows)
            yield from _positions(sitting, connection.execute(select(PositionRow.__table__)).mappings().all())
            wallet = connection.execute(select(RunRow.wallet)).scalar_one()
            theirs = amount(sitting.stand.exchange.wallet().total)
            if abs(wallet - theirs) > TINY:
                yield f"the wallet is {wallet} here and {theirs} there"
    finally:
        engine.dispose()


def _fills(sitting: Sitting, rows: object) -> Iterator[str]:
    ours = {row["trade_id"]: row for row in rows if row["trade_id"]}  # type: ignore[attr-defined]
    theirs = {str(fill.fill_id): fill for fill in sitting.stand.exchange.history if isinstance(fill, Fill)}
    by_hand = {name for name, fill in theirs.items() if _is_somebody_elses(fill)}  # ours where it closed our own
    for name in (ours.keys() ^ theirs.keys()) - by_hand:
        yield f"execution {name} is known {'here' if name in ours else 'there'} alone"
    for name in (ours.keys() & theirs.keys()) - by_hand:
        here = (ours[name]["price"], ours[name]["quantity"], ours[name]["fee"])
        fees = theirs[name].fee + theirs[name].liquidation_fee
        there = (amount(theirs[name].price), amount(theirs[name].quantity), amount(fees))
        if any(abs(a - b) > TINY for a, b in zip(here, there, strict=True)):
            yield f"execution {name} is {here} here and {there} there"


def _is_somebody_elses(fill: Fill) -> bool:
    return fill.client_id.startswith("web-")


def _orders(rows: object) -> Iterator[str]:
    for row in rows:  # type: ignore[attr-defined]
        if row["state"] in (OrderState.INTENT, OrderState.UNKNOWN):
            yield f"{row['leg']} {row['client_id']} is still {row['state']}"
        if row["state"] is OrderState.WORKING and row["leg"] in (Leg.ENTRY, Leg.EXIT):
            yield f"{row['leg']} {row['client_id']} still works"
        if row["state"] is OrderState.FILLED and row["leg"] is Leg.ENTRY and row["filled"] != row["quantity"]:
            yield f"{row['leg']} {row['client_id']} is filled with {row['filled']} of {row['quantity']}"


def _at_the_exchange(exchange: Exchange, rows: object) -> Iterator[str]:
    """Each of our orders waits here where it waits there, and was executed here as far as there."""
    executed = truth.filled(exchange.history)
    known, waiting = set[str](), set[str]()
    for order in truth.last_orders(exchange.history).values():
        known.add(order.ticket.client_id)
        if order.status.is_open:
            waiting.add(order.ticket.client_id)
    for row in rows:  # type: ignore[attr-defined]
        client_id, name = row["client_id"], f"{row['leg']} {row['client_id']}"
        if (row["state"] is OrderState.WORKING) is not (client_id in waiting):
            yield f"{name} is {row['state']} here and {'waits' if client_id in waiting else 'does not wait'} there"
        if row["state"] in (OrderState.ABSENT, OrderState.REJECTED) and client_id in known:
            yield f"{name} is {row['state']} here and is known there"
        # Which of two triggers at one level acted does not matter: the execution itself is compared by its name.
        if client_id in known and not row["leg"].rests and row["filled"] != amount(executed.get(client_id, 0)):
            yield f"{name} is filled with {row['filled']} here and {amount(executed.get(client_id, 0))} there"
    held = {(held.symbol, held.hold) for held in exchange.positions(None)}
    for waits in exchange.open_orders(waiting=True):
        if (waits.ticket.symbol, waits.ticket.hold) not in held:
            yield f"{waits.ticket.kind} {waits.ticket.client_id} waits for a position that is gone"


def _positions(sitting: Sitting, rows: object) -> Iterator[str]:
    here = {(row["symbol"].replace("/USDT:USDT", "USDT"), row["side"].value.upper()): row for row in rows}  # type: ignore[attr-defined]
    there = {(held.symbol, held.hold.value): held for held in sitting.stand.exchange.positions(None)}
    for market in here.keys() ^ there.keys():
        yield f"{market} is held {'here' if market in here else 'there'} alone"
    for market in here.keys() & there.keys():
        ours, theirs = here[market], there[market]
        if ours["quantity"] != amount(theirs.size):
            yield f"{market} is {ours['quantity']} here and {amount(theirs.size)} there"
        if abs(ours["entry_price"] - Decimal(theirs.open_value) / theirs.size) > TINY:
            yield f"{market} was entered at {ours['entry_price']} here"
