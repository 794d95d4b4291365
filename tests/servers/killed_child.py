"""SIGMA's command line in a process that dies of SIGKILL at one boundary of its first entry's life.

`python -m tests.servers.killed_child BOUNDARY run --mode live ...` is `sigma-engine run --mode live ...`: nothing in it
knows of boundaries, its seams are wrapped here. Not on Windows, which has no SIGKILL.
"""

import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from sigma_engine import cli
from sigma_engine.domain.order import Leg, Order, OrderState
from sigma_engine.exchanges.gateway import CcxtGateway
from sigma_engine.session.ports import Batch
from sigma_engine.storage import batches, writer
from sigma_engine.storage.engines import Checkpoint
from sigma_engine.storage.store import SqliteStore
from tests.servers.crashes import Boundary
from tests.servers.write_ahead_log import logged_pages

MARK = b'"newClientOrderId"'
"""In the body of a plain order and nowhere else; the first one is the entry."""

BEFORE = {
    Boundary.BEFORE_INTENT: lambda batch: _entry_is(batch, OrderState.INTENT),
    Boundary.BEFORE_ACK: lambda batch: _entry_is(batch, *set(OrderState) - {OrderState.INTENT}),
    Boundary.BEFORE_VERIFY: lambda batch: any(held.protected_ms is not None for held in batch.positions),
    Boundary.BEFORE_FILL: lambda batch: bool(batch.fills),
    Boundary.BEFORE_RECORD: lambda batch: bool(batch.trades),
}
"""What a transaction holds that is written and never committed."""
AFTER: dict[Boundary, Callable[[Batch], bool]] = {
    Boundary.AFTER_INTENT: BEFORE[Boundary.BEFORE_INTENT],
    Boundary.AFTER_ACK: BEFORE[Boundary.BEFORE_ACK],
    Boundary.AFTER_VERIFY: BEFORE[Boundary.BEFORE_VERIFY],
    Boundary.AFTER_FILL: BEFORE[Boundary.BEFORE_FILL],
    Boundary.AFTER_RECORD: BEFORE[Boundary.BEFORE_RECORD],
}
"""What a transaction holds that is the last one committed."""


def die() -> None:
    """kill -9, by its own hand so that not one statement more is carried out."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(boundary: Boundary) -> None:
    """Wrap the one seam at which the process dies."""
    if boundary in BEFORE:
        _die_within_transaction(BEFORE[boundary])
    elif boundary in AFTER:
        _die_after_commit(AFTER[boundary])
    elif boundary is Boundary.CHECKPOINT:
        _die_within_checkpoint()
    elif boundary is Boundary.AFTER_ACK_READ:
        _die_after_answer()
    else:
        _die_on_the_wire(_tear if boundary is Boundary.MID_BODY else _stand_still)


def _entry_is(batch: Batch, *states: OrderState) -> bool:
    return any(order.leg is Leg.ENTRY and order.state in states for order in batch.orders)


def _die_within_transaction(is_here: Callable[[Batch], bool]) -> None:
    write = batches.write

    def dying(connection: Connection, batch: Batch) -> None:
        write(connection, batch)
        if is_here(batch):
            die()

    batches.write = dying


def _die_after_commit(is_here: Callable[[Batch], bool]) -> None:
    commit = SqliteStore.commit

    async def dying(store: SqliteStore, batch: Batch) -> None:
        await commit(store, batch)
        if is_here(batch):
            die()

    SqliteStore.commit = dying


def _die_after_answer() -> None:
    submit = CcxtGateway.submit

    async def dying(gateway: CcxtGateway, order: Order, *more: Any) -> Any:
        outcome = await submit(gateway, order, *more)
        if order.leg is Leg.ENTRY:
            die()
        return outcome

    CcxtGateway.submit = dying


# -- the wire


def _die_on_the_wire(send_and_die: Callable[[Callable[[bytes], int], bytes], None]) -> None:
    send, sendmsg = socket.socket.send, socket.socket.sendmsg

    def dying(wire: socket.socket, data: Any, *more: Any) -> int:
        if MARK in bytes(data):
            send_and_die(lambda part: send(wire, part), bytes(data))
        return send(wire, data, *more)

    def dying_in_parts(wire: socket.socket, parts: Iterable[Any], *more: Any) -> int:
        parts = list(parts)
        if MARK in (data := b"".join(map(bytes, parts))):
            send_and_die(lambda part: send(wire, part), data)
        return sendmsg(wire, parts, *more)

    socket.socket.send = dying
    socket.socket.sendmsg = dying_in_parts


def _tear(send: Callable[[bytes], int], request: bytes) -> None:
    """The head goes out whole, and half of the body."""
    head = request.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in request else 0
    send(request[: (head + len(request)) // 2])
    die()


def _stand_still(send: Callable[[bytes], int], request: bytes) -> None:
    """Not one instruction after the last byte; who sees the order executed ends what stands still."""
    send(request)
    os.kill(os.getpid(), signal.SIGSTOP)


# -- the log


def _die_within_checkpoint() -> None:
    """The transaction of the intent is followed by a checkpoint that gets as far as the middle of a page."""
    checkpoint, write = writer.checkpoint, batches.write

    def eager(connection: Connection, batch: Batch) -> None:
        write(connection, batch)
        if _entry_is(batch, OrderState.INTENT):
            writer.CHECKPOINT_EVERY = 0

    def torn(connection: Connection, kind: Checkpoint) -> None:
        if writer.CHECKPOINT_EVERY == 0:
            _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (_middle_of(Path(str(connection.engine.url.database))), most))
        try:
            checkpoint(connection, kind)
        finally:
            if writer.CHECKPOINT_EVERY == 0:
                die()

    batches.write, writer.checkpoint = eager, torn


def _middle_of(file: Path) -> int:
    """The offset in the middle of the page that halves those in the log; a checkpoint moves them in their order."""
    size, pages = logged_pages(file)
    order = sorted(pages)
    return (order[len(order) // 2] - 1) * size + size // 2


if __name__ == "__main__":
    arm(Boundary(sys.argv.pop(1)))
    cli.main()
