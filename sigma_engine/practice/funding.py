"""Funding: at each stamp longs pay shorts a rate of their value at the mark, or the other way round."""

from dataclasses import replace

from sigma_engine.practice.money import rated
from sigma_engine.practice.nouns import FundingFault, FundingStamp, MarginMode, Position
from sigma_engine.practice.positions import sign
from sigma_engine.practice.state import Key, State

MINUTE_MS = 60_000


class Funding:
    """Books every stamp as the time comes; stamps are whole multiples of a listing's interval since 1970."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.rates: dict[str, int] = {}
        self.stamps: list[FundingStamp] = []
        for symbol in state.listings:
            self._enter(symbol)

    def next_ms(self, symbol: str) -> int:
        """The next stamp of ``symbol`` after the present instant."""
        interval_ms = self._state.listings[symbol].funding_minutes * MINUTE_MS
        return self._state.now - self._state.now % interval_ms + interval_ms

    def _enter(self, symbol: str) -> None:
        self._state.agenda.enter(self.next_ms(symbol), lambda: self._stamp(symbol))

    def _stamp(self, symbol: str) -> None:
        state, rate = self._state, self.rates.get(symbol, 0)
        self._enter(symbol)
        if symbol not in state.quotes:
            return
        self.stamps.append(FundingStamp(symbol=symbol, rate=rate, mark=state.quotes[symbol].mark, at_ms=state.now))
        state.record(self.stamps[-1])
        held = [(key, position) for key, position in state.positions.items() if position.symbol == symbol]
        if not held or not rate:
            return
        fault = state.knobs.funding_faults.pop(0) if state.knobs.funding_faults else None
        for key, _ in held:
            for _ in range({FundingFault.MISSED: 0, FundingFault.TWICE: 2}.get(fault, 1) if fault else 1):
                self._pay(key, rate, fault)
        state.tell_wallet()

    def _pay(self, key: Key, rate: int, fault: FundingFault | None) -> None:
        state, position = self._state, self._state.positions[key]
        amount = -sign(position.hold) * rated(state.worth(position), rate)
        amount = amount // 2 if fault is FundingFault.CAPPED else amount
        amount = max(amount, -self._payable(position))
        isolated = position.mode is MarginMode.ISOLATED
        state.bill("position_funding", amount, position.symbol)
        state.keep(
            key,
            replace(
                position,
                funding=position.funding + amount,
                margin=position.margin + amount if isolated else position.margin,
                updated_ms=state.now,
            ),
        )

    def _payable(self, position: Position) -> int:
        """What may be taken: of an isolated margin only what is above maintenance."""
        state = self._state
        if position.mode is MarginMode.CROSSED:
            return state.total
        return max(0, position.margin + state.profit(position) - state.maintenance(position))
