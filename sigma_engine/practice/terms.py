"""Changing how a symbol is traded on the account."""

from dataclasses import replace

from sigma_engine.practice.money import scaled
from sigma_engine.practice.nouns import MarginMode, Position, Refusal
from sigma_engine.practice.refusals import COMBINATION, LEVERAGE, NOT_ENOUGH, PARAMETER
from sigma_engine.practice.state import State


def change_leverage(state: State, symbol: str, leverage: int) -> None:
    """Set the leverage; positions bind margin by the new one, which must be there and not be used up at once."""
    listing = state.listing(symbol)
    if not 1 <= leverage <= listing.max_leverage:
        raise Refusal(LEVERAGE, "Leverage exceeds maximum limit.")
    if state.knobs.ignore_leverage:
        return
    held = {key: _financed(each, leverage, state.now) for key, each in state.positions.items() if each.symbol == symbol}
    more = sum(each.margin - state.positions[key].margin for key, each in held.items())
    if more > max(0, state.spendable()) or any(state.is_lost(each) for each in held.values()):
        raise Refusal(NOT_ENOUGH, "amount not enough")
    state.terms[symbol] = replace(state.terms[symbol], leverage=leverage)
    for key, position in held.items():
        state.keep(key, position)
    state.tell_wallet()


def _financed(position: Position, leverage: int, now_ms: int) -> Position:
    """``position`` with the margin of another leverage; what was added or taken since it was opened stays so."""
    value = position.open_value
    margin = position.margin + scaled(value, 1, leverage) - scaled(value, 1, position.leverage)
    return replace(position, leverage=leverage, margin=max(0, margin), updated_ms=now_ms)


def change_mode(state: State, symbol: str, mode: MarginMode) -> None:
    """Set the margin mode."""
    state.listing(symbol)
    if mode is not state.terms[symbol].mode:
        _refuse_while_in_use(state, symbol)
        state.terms[symbol] = replace(state.terms[symbol], mode=mode)


def change_separated(state: State, symbol: str, separated: bool) -> None:
    """Set whether positions are separated."""
    state.listing(symbol)
    if separated is not state.terms[symbol].separated:
        _refuse_while_in_use(state, symbol)
        state.terms[symbol] = replace(state.terms[symbol], separated=separated)


def move_margin(state: State, position_id: int, amount: int) -> None:
    """Add ``amount`` to the margin of an isolated position (negative: take from what it does not need)."""
    found = [(key, each) for key, each in state.positions.items() if each.position_id == position_id]
    if not found or found[0][1].mode is not MarginMode.ISOLATED:
        raise Refusal(PARAMETER, "Parameter isolatedPositionId is invalid: there is no such isolated position.")
    key, position = found[0]
    least = scaled(position.open_value, 1, position.leverage) - min(0, state.profit(position))
    if amount > max(0, state.spendable()) or (amount < 0 and position.margin + amount < least):
        raise Refusal(NOT_ENOUGH, "amount not enough")
    state.keep(key, replace(position, margin=position.margin + amount, updated_ms=state.now))
    state.tell_wallet()


def _refuse_while_in_use(state: State, symbol: str) -> None:
    if state.held(symbol) or state.open_orders(symbol):
        raise Refusal(COMBINATION, "The margin mode cannot be changed with an open position or order.")
