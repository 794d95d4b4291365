"""Moving money between the account and the margin of an isolated position."""

from dataclasses import replace

from sigma_engine.practice.nouns import MarginMode, Refusal
from sigma_engine.practice.refusals import NOT_ENOUGH, PARAMETER
from sigma_engine.practice.state import State


def change_margin(state: State, position_id: int, amount: int) -> None:
    """Add ``amount`` to the margin of a position, negative takes it back; never below what its leverage needs."""
    found = [(key, each) for key, each in state.positions.items() if each.position_id == position_id]
    if not found or found[0][1].mode is not MarginMode.ISOLATED:
        raise Refusal(PARAMETER, "Parameter is invalid: there is no isolated position of that number.")
    key, position = found[0]
    needed = position.open_value // position.leverage
    free = state.spendable() if amount > 0 else position.margin - needed + min(0, state.profit(position))
    if abs(amount) > max(0, free):
        raise Refusal(NOT_ENOUGH, "FAILED_PRECONDITION: Move margin available amount not enough.")
    state.keep(key, replace(position, margin=position.margin + amount, updated_ms=state.now))
    state.tell_wallet()
