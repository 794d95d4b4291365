"""What an execution does to order, position and money, and the stops an entry brings along."""

from dataclasses import replace

from sigma_engine.practice.money import rated, scaled, value_of
from sigma_engine.practice.nouns import Fill, Hold, Kind, MarginMode, Order, Position, Side, Status, Ticket, Watched
from sigma_engine.practice.positions import enlarged, reduced
from sigma_engine.practice.state import Key, State


def execute(state: State, order: Order, price: int, quantity: int, *, maker: bool) -> Order:
    """Execute ``quantity`` of ``order`` at ``price``; told in WEEX's order: order, fill, position, bills, account."""
    listing = state.listings[order.ticket.symbol]
    value = value_of(price, quantity)
    fee = rated(value, listing.maker_rate if maker else listing.taker_rate)
    shares = _shares(state, order.ticket, quantity, value, fee)
    fill = _fill(state, order, price, quantity, value, fee, maker, sum(realised for _, _, realised in shares))
    done = _executed(state, order, fill)
    state.record(fill)
    if not shares:
        shares = [_opened(state, order, fill)]
    book(state, fill, [(key, position) for key, position, _ in shares])
    if not order.ticket.closes:
        attach(state, done)
    return done


def book(state: State, fill: Fill, changed: list[tuple[Key, Position]]) -> None:
    """Let positions and the statement follow ``fill``."""
    if fill.realised:
        state.bill(f"position_close_{fill.hold.lower()}", fill.realised, fill.symbol)
    if fill.fee:
        state.bill("order_fill_fee_income", -fill.fee, fill.symbol)
    if fill.liquidation_fee:
        state.bill("order_liquidate_fee_income", -fill.liquidation_fee, fill.symbol)
    for key, position in changed:
        state.keep(key, position)
    if state.knobs.sweeps and not state.size(fill.symbol, fill.hold):
        _sweep(state, fill.symbol, fill.hold)
    state.tell_wallet()


def _shares(state: State, ticket: Ticket, quantity: int, value: int, fee: int) -> list[tuple[Key, Position, int]]:
    """How a closing execution spreads over the positions it closes: oldest first; nothing for an opening one."""
    shares: list[tuple[Key, Position, int]] = []
    if not ticket.closes:
        return shares
    for key, position in state.closable(ticket.symbol, ticket.hold):
        part = min(quantity, position.size)
        if part:
            part_value, part_fee = scaled(value, part, quantity), scaled(fee, part, quantity)
            shares.append((key, *reduced(position, part, part_value, (part_fee, 0), state.now)))
            quantity, value, fee = quantity - part, value - part_value, fee - part_fee
    return shares


def _opened(state: State, order: Order, fill: Fill) -> tuple[Key, Position, int]:
    terms = state.terms[fill.symbol]
    key = fill.symbol, fill.hold, order.order_id if terms.separated else 0
    margin = scaled(fill.value, 1, terms.leverage)
    position = state.positions.get(key) or _flat(state, key, terms.mode)
    return key, enlarged(position, fill, margin, terms.leverage), 0


def _flat(state: State, key: Key, mode: MarginMode) -> Position:
    return Position(
        position_id=state.next_id(),
        symbol=key[0],
        hold=key[1],
        mode=mode,
        leverage=state.terms[key[0]].leverage,
        size=0,
        open_value=0,
        margin=0,
        open_fee=0,
        funding=0,
        unrealised=0,
        liquidation_price=0,
        created_ms=state.now,
        updated_ms=state.now,
        open_order_id=key[2],
    )


def _fill(
    state: State, order: Order, price: int, quantity: int, value: int, fee: int, maker: bool, realised: int
) -> Fill:
    return Fill(
        fill_id=state.next_id(),
        order_id=order.order_id,
        client_id=order.ticket.client_id,
        symbol=order.ticket.symbol,
        side=order.ticket.side,
        hold=order.ticket.hold,
        price=price,
        quantity=quantity,
        value=value,
        fee=fee,
        realised=realised,
        maker=maker,
        at_ms=state.now,
    )


def _executed(state: State, order: Order, fill: Fill) -> Order:
    filled = order.filled + fill.quantity
    partly = Status.CANCELING if order.status is Status.CANCELING else Status.PARTIALLY_FILLED
    return state.save(
        replace(
            order,
            status=Status.FILLED if filled == order.ticket.quantity else partly,
            filled=filled,
            value=order.value + fill.value,
            fee=order.fee + fill.fee,
            realised=order.realised + fill.realised,
            latest_price=fill.price,
        )
    )


def attach(state: State, entry: Order) -> None:
    """Let the entry's stop and target cover what it has executed; they grow with it."""
    complete = entry.status is Status.FILLED or not entry.status.is_open
    if state.knobs.drop_attached or (state.knobs.attach_when_complete and not complete):
        return
    ticket = entry.ticket
    if ticket.stop_trigger is not None:
        _attach(state, entry, Kind.STOP_MARKET, ticket.stop_trigger, ticket.stop_by)
    if ticket.target_trigger is not None:
        _attach(state, entry, Kind.TAKE_PROFIT_MARKET, ticket.target_trigger, ticket.target_by)


def _attach(state: State, entry: Order, kind: Kind, trigger: int, by: Watched) -> None:
    family = [state.orders[order_id] for order_id in state.attached.get(entry.order_id, ())]
    attached = [each for each in family if each.ticket.kind is kind]
    live = next((each for each in attached if each.status.is_open), None)
    uncovered = entry.filled - sum(each.ticket.quantity for each in attached)
    if not uncovered:
        return
    if live is not None:
        state.save(replace(live, ticket=replace(live.ticket, quantity=live.ticket.quantity + uncovered)))
        return
    order_id = state.next_id()
    state.attached.setdefault(entry.order_id, []).append(order_id)
    ticket = Ticket(
        symbol=entry.ticket.symbol,
        side=Side.SELL if entry.ticket.hold is Hold.LONG else Side.BUY,
        hold=entry.ticket.hold,
        kind=kind,
        quantity=uncovered,
        client_id=str(order_id),
        reduces=True,
        trigger=trigger,
        trigger_by=by,
    )
    state.save(
        Order(
            order_id=order_id,
            ticket=ticket,
            status=Status.UNTRIGGERED,
            created_ms=state.now,
            updated_ms=state.now,
            source_id=entry.order_id,
        )
    )


def _sweep(state: State, symbol: str, hold: Hold) -> None:
    for order in state.open_orders(symbol, waiting=True):
        if order.ticket.closes and order.ticket.hold is hold:
            state.end(order, Status.CANCELED, "the position is gone")
