"""Whether a database of SIGMA's tells the independent exchange's own history, and what that history says of SIGMA."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select

from sigma_engine.domain.order import Leg, OrderState
from sigma_engine.storage.models import FillRow, OrderRow, PositionRow, RunRow
from tests.servers.independent.nouns import ZERO, Algo, Fill, Ledger, Order, Way

TINY = Decimal("1e-8")
PROTECTED_MS, FLAT_MS = 5_000, 15_000
_OURS = "sg"

Row = Mapping[str, Any]
Market = tuple[str, Way]


def disagreements(file: Path, ledger: Ledger, until_ms: int, largest: Mapping[str, Decimal]) -> list[str]:
    """Everything that is not as it should be once all is quiet.

    ``largest`` is what one entry of a market asks for at most, by the exchange's name.
    """
    orders, fills, positions, wallet = _database(file)
    return [
        *_fills(fills, ledger),
        *_orders(orders, fills, ledger),
        *_positions(positions, ledger),
        *([f"the wallet is {wallet} here and {ledger.wallet} there"] if abs(wallet - ledger.wallet) > TINY else []),
        *_exposure(ledger, largest),
        *_protection(ledger, until_ms),
        *_orphans(ledger),
    ]


def _database(file: Path) -> tuple[Sequence[Row], Sequence[Row], Sequence[Row], Decimal]:
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            orders, fills, positions = (
                connection.execute(select(table.__table__)).mappings().all()
                for table in (OrderRow, FillRow, PositionRow)
            )
            return orders, fills, positions, connection.execute(select(RunRow.wallet)).scalar_one()
    finally:
        engine.dispose()


def _name(symbol: str) -> str:
    return symbol.replace("/USDT:USDT", "USDT")


# What the database says


def _fills(rows: Sequence[Row], ledger: Ledger) -> Iterator[str]:
    """Each execution is known once on both sides, with the same figures, under the order that asked for it."""
    here, there = Counter(row["trade_id"] for row in rows), {fill.id: fill for fill in ledger.fills}
    owners = _owners(ledger)
    for name in here.keys() ^ there.keys():
        yield f"execution {name} is known {'here' if name in here else f'there ({there[name]})'} alone"
    yield from (f"execution {name} is booked {times} times" for name, times in here.items() if times > 1)
    for row in rows:
        fill = there.get(row["trade_id"])
        if fill is None:
            continue
        ours = (row["price"], row["quantity"], row["fee"], row["realised"] or ZERO)
        theirs = (fill.price, fill.quantity, fill.fee, fill.pnl)
        if any(abs(one - other) > TINY for one, other in zip(ours, theirs, strict=True)):
            yield f"execution {fill.id} is {ours} here and {theirs} there"
        if (row["at_ms"], _name(row["symbol"]), row["side"].upper()) != (fill.at_ms, fill.symbol, fill.side):
            yield f"execution {fill.id} is told otherwise here: {dict(row)} is {fill}"
        owner = owners.get(fill.order_id)
        if owner is not None and row["client_id"] != owner:
            yield f"execution {fill.id} is {row['leg']} {row['client_id']} here and {owner} there"


def _orders(rows: Sequence[Row], fills: Sequence[Row], ledger: Ledger) -> Iterator[str]:
    """Each order is known on both sides, waits on both or on neither, and is executed as far."""
    placed: defaultdict[str, list[Order | Algo]] = defaultdict(list)
    for each in _placed(ledger):
        if each.asked.client_id.startswith(_OURS):
            placed[each.asked.client_id].append(each)
    executed: Counter[str] = Counter()
    for fill in ledger.fills:
        executed[_owners(ledger).get(fill.order_id, "")] += fill.quantity  # type: ignore[assignment]
    known = {row["client_id"] for row in rows}
    yield from (f"order {client_id} is known there alone" for client_id in placed if client_id not in known)
    booked = {row["client_id"] for row in fills}
    for row in rows:
        client_id, name = row["client_id"], f"{row['leg']} {row['client_id']} ({row['state']})"
        found = placed.get(client_id, [])
        if (row["state"] is OrderState.WORKING) is not any(each.is_live for each in found):
            yield f"{name} is told otherwise there: {found}"
        if row["state"] in (OrderState.INTENT, OrderState.UNKNOWN):
            yield f"{name} is not settled"
        if row["state"] in (OrderState.REJECTED, OrderState.ABSENT) and found:
            yield f"{name} is known there: {found}"
        if not found and client_id not in booked and row["state"] not in (OrderState.REJECTED, OrderState.ABSENT):
            yield f"{name} is known here alone"
        if found and row["filled"] != executed[client_id]:
            yield f"{name} is filled with {row['filled']} here and {executed[client_id]} there"
        if row["leg"] is Leg.ENTRY and found and row["filled"] != row["quantity"]:
            yield f"{name} is filled with {row['filled']} of {row['quantity']}"


def _positions(rows: Sequence[Row], ledger: Ledger) -> Iterator[str]:
    here = {(_name(row["symbol"]), Way(row["side"].upper())): row for row in rows}
    there = {(held.symbol, held.way): held for held in ledger.held()}
    for market in here.keys() ^ there.keys():
        yield f"{market} is held {'here' if market in here else 'there'} alone"
    for market in here.keys() & there.keys():
        ours, theirs = here[market], there[market]
        if ours["quantity"] != theirs.size:
            yield f"{market} is {ours['quantity']} here and {theirs.size} there"
        if abs(ours["entry_price"] - theirs.open_value / theirs.size) > TINY:
            yield f"{market} was entered at {ours['entry_price']} here, {theirs.open_value / theirs.size} there"
        if abs(ours["funding"] - theirs.funding) > TINY:
            yield f"{market} was funded with {ours['funding']} here and {theirs.funding} there"


def _placed(ledger: Ledger) -> list[Order | Algo]:
    return [*ledger.orders.values(), *ledger.algos.values()]


def _owners(ledger: Ledger) -> dict[int, str]:
    """By the exchange's id, the client id of ours under which an order, or the trigger it came from, was placed."""
    owners = {order.id: order.asked.client_id for order in ledger.orders.values()}
    owners |= {algo.actual_id: algo.asked.client_id for algo in ledger.algos.values() if algo.actual_id}
    return {each: client_id for each, client_id in owners.items() if client_id.startswith(_OURS)}


# What the exchange's history says


def _exposure(ledger: Ledger, largest: Mapping[str, Decimal]) -> Iterator[str]:
    """Nothing was executed beyond what was asked for, worked twice at once, or was held twice."""
    lives: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for each in _placed(ledger):
        if each.asked.client_id.startswith(_OURS):
            lives[each.asked.client_id].append(_life(each))
    for client_id, spans in lives.items():
        spans.sort()
        if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
            yield f"{client_id} worked twice at once"
    for order in ledger.orders.values():
        if order.filled > order.asked.quantity:
            yield f"{order.id} was executed {order.filled - order.asked.quantity} too much"
    for (symbol, way), steps in _sizes(ledger.fills).items():
        if (most := max(size for _, size in steps)) > largest[symbol]:
            yield f"{most} {symbol} {way} were held at once"


def _protection(ledger: Ledger, until_ms: int) -> Iterator[str]:
    """No position was without a stop for longer than 5 s, unless it was flat within 15 s."""
    for market, steps in _sizes(ledger.fills).items():
        for from_ms, to_ms in _bare(market, steps, ledger, until_ms):
            flat = not _at(steps, to_ms)
            if to_ms - from_ms > (FLAT_MS if flat else PROTECTED_MS):
                yield f"{market} was bare for {to_ms - from_ms:.0f} ms from {from_ms:.0f} on"


def _orphans(ledger: Ledger) -> Iterator[str]:
    held = {(position.symbol, position.way) for position in ledger.held()}
    for algo in ledger.live_algos():
        if (algo.asked.symbol, algo.asked.way) not in held:
            yield f"{algo.asked.kind} {algo.id} waits for a position that is gone"


def _sizes(fills: Iterable[Fill]) -> dict[Market, list[tuple[int, Decimal]]]:
    """How much of each market was held from when on."""
    steps: defaultdict[Market, list[tuple[int, Decimal]]] = defaultdict(list)
    for fill in fills:
        before = steps[fill.symbol, fill.way][-1][1] if steps[fill.symbol, fill.way] else ZERO
        change = fill.quantity if fill.side is fill.way.opens else -fill.quantity
        steps[fill.symbol, fill.way].append((fill.at_ms, before + change))
    return dict(steps)


def _at(steps: Sequence[tuple[int, Decimal]], at_ms: float) -> Decimal:
    return next((size for since_ms, size in reversed(steps) if since_ms <= at_ms), ZERO)


def _life(each: Order | Algo) -> tuple[float, float]:
    return each.created_ms, inf if each.is_live else each.updated_ms


def _bare(
    market: Market, steps: Sequence[tuple[int, Decimal]], ledger: Ledger, until_ms: int
) -> Iterator[tuple[float, float]]:
    """Spans in which stops, and market orders on their way, cover less than is held."""
    covers = [
        (*_life(each), each.asked.quantity)
        for each in _placed(ledger)
        if each.asked.closes and (each.asked.symbol, each.asked.way) == market and _protects(each)
    ]
    moments = sorted({at_ms for at_ms, _ in steps} | {end for cover in covers for end in cover[:2]} | {until_ms})
    since_ms: float | None = None
    for at_ms in moments:
        covered = sum((quantity for begin, end, quantity in covers if begin <= at_ms < end), ZERO)
        bare = _at(steps, at_ms) > covered
        if since_ms is not None and (not bare or at_ms >= until_ms):
            yield since_ms, at_ms
            since_ms = None
        elif bare and since_ms is None:
            since_ms = at_ms


def _protects(each: Order | Algo) -> bool:
    return each.asked.kind == "MARKET" if isinstance(each, Order) else each.asked.kind.startswith("STOP")
