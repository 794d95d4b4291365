"""One market of a simulated account: its candles, its signals, its position and the orders on their way.

The fill table of contracts.md §4 in compiled form; `execution.paper`, `execution.book` and `session.trader` are the
same table for people, and a test holds both against each other.
"""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.account import Account
from sigma_engine.kernels.exits import at_open, inside
from sigma_engine.kernels.fills import fill_price, units
from sigma_engine.kernels.holding import Holding
from sigma_engine.kernels.intent import Intent
from sigma_engine.kernels.terms import CostTerms, ExitTerms, Grid

if not cython.compiled:
    from math import fabs, nan

NEVER_MS = 9_000_000_000_000_000


class Market:
    """A link in the chain of an account's markets, in the strategy's order; each step goes down the chain.

    ``funding`` are stamps and rates, ``minutes`` open times, highs and lows of 1m candles inside, all ascending.
    """

    def __init__(
        self,
        number: int,
        grid: Grid,
        costs: CostTerms,
        exits: ExitTerms,
        intent: Intent,
        funding: tuple[NDArray[np.int64], NDArray[np.float64]],
        minutes: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]],
        following: "Market | None",
    ) -> None:
        self.number = number
        self.interval_ms = intent.interval_ms
        self.grid, self.costs, self.exits, self.intent = grid, costs, exits, intent
        self.funding_ms, self.funding_rates = funding
        self.minute_ms, self.minute_highs, self.minute_lows = minutes
        self.following = following
        self.funded: bool = len(self.funding_ms) > 0 or (following is not None and following.funded)
        self.holding = Holding()
        self.at = self.count = self.minute = self.stamp = 0
        self.present = self.calm = False
        self.leaving = -1
        self.leaving_ms = 0
        self.last_exit_ms = -1
        self.slip_fills = 0
        self.slip_cost = self.slip_value = 0.0

    def load(self, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """The next candles: open times (n,) and their signals (n, fields) of `signals.SIGNAL_FIELDS`."""
        self.stamps, self.rows = stamps, rows
        self.count = stamps.shape[0]
        self.at = 0

    def next_ms(self) -> int:
        """The open time of the next candle of any market down the chain; a far day where there is none."""
        own = self.stamps[self.at] if self.at < self.count else NEVER_MS
        if self.following is None:
            return own
        others = self.following.next_ms()
        return own if own < others else others

    def idle(self, account: Account) -> int:
        """Pass over candles that ask for nothing while nothing is held or on its way; how many that were.

        Only for a market that is alone: others might have something to do meanwhile.
        """
        passed = 0
        while self.at < self.count and self.rows[self.at, 6] == 0.0:
            close_ms = self.stamps[self.at] + self.interval_ms
            if close_ms >= account.next_day_ms:
                account.turn_to(close_ms)
            account.record_equity(close_ms)
            self.at += 1
            passed += 1
        return passed

    def begin(self, open_ms: int) -> None:
        """Find out who has a candle that opens at ``open_ms``, and whose position it leaves in peace."""
        self.present = self.at < self.count and self.stamps[self.at] == open_ms
        self.calm = self.present and self.holding.sign != 0 and self.leaving < 0 and self._is_clear()
        if self.following is not None:
            self.following.begin(open_ms)

    def _is_clear(self) -> bool:
        """Whether the candle touches none of the position's levels, its open least of all."""
        high, low = self.rows[self.at, 1], self.rows[self.at, 2]
        if self.holding.sign > 0:
            return not (low <= self.holding.stop or low <= self.holding.liquidation or high >= self.holding.target)
        return not (high >= self.holding.stop or high >= self.holding.liquidation or low <= self.holding.target)

    def leave(self, account: Account, open_ms: int) -> None:
        """Exits at the open: liquidation, stop, target, then an exit order that waited."""
        if self.present and self.holding.sign != 0:
            price = self.rows[self.at, 0]
            holding = self.holding.sign
            ending = at_open(holding, price, self.holding.stop, self.holding.target, self.holding.liquidation)
            if ending != 0:
                self._end(account, ending, price, open_ms)
            elif self.leaving >= 0 and open_ms >= self._due(self.leaving_ms):
                self._close(account, price, self.leaving, open_ms)
        if self.following is not None:
            self.following.leave(account, open_ms)

    def enter(self, account: Account, open_ms: int) -> None:
        """Fill the entry that waited, or refuse it."""
        if self.present and self.intent.sign != 0 and open_ms >= self._due(self.intent.bar_ms):
            needed = self.intent.needed(self.rows[self.at, 0])
            late = open_ms >= self._due(self.intent.bar_ms) + self.interval_ms
            if late or self.holding.sign != 0 or needed > account.free():
                account.refuse(13)
            else:
                self._open(account, self.rows[self.at, 0], open_ms)
            self.intent.withdraw(account)
        if self.following is not None:
            self.following.enter(account, open_ms)

    def fund(self, account: Account, open_ms: int) -> None:
        """Book the funding of stamps within the candle, at its open."""
        if self.present:
            until_ms = open_ms + self.interval_ms
            while self.stamp < self.funding_ms.shape[0] and self.funding_ms[self.stamp] < until_ms:
                if self.funding_ms[self.stamp] >= open_ms and self.holding.sign != 0:
                    amount = self.holding.fund(self.rows[self.at, 0], self.funding_rates[self.stamp], self.grid)
                    account.wallet += amount
                    account.margin += amount
                self.stamp += 1
        if self.following is not None:
            self.following.fund(account, open_ms)

    def touch(self, account: Account, open_ms: int) -> None:
        """What the range of the candle did to the position."""
        if self.present and self.holding.sign != 0:
            ending = self._touched(open_ms)
            if ending == 1:
                self._end(account, 1, self.holding.stop, open_ms)
            elif ending == 2:
                self._end(account, 2, self.holding.target, open_ms)
            elif ending == 3:
                self._end(account, 3, self.holding.liquidation, open_ms)
        if self.following is not None:
            self.following.touch(account, open_ms)

    def value(self, account: Account) -> None:
        """Mark the position at the close."""
        if self.present and self.holding.sign != 0:
            best = self.rows[self.at, 1] if self.holding.sign > 0 else self.rows[self.at, 2]
            account.unrealised += self.holding.value(self.rows[self.at, 3], best, self.grid)
            self.holding.bars += 1
        if self.following is not None:
            self.following.value(account)

    def manage(self, account: Account, open_ms: int) -> None:
        """At the close: time stop and exit signal for the next open, otherwise the stop may move."""
        if self.present and self.holding.sign != 0 and self.leaving < 0:
            asked = self.rows[self.at, 7] if self.holding.sign > 0 else self.rows[self.at, 8]
            if self.exits.time_stop_bars > 0 and self.holding.bars >= self.exits.time_stop_bars:
                self.leaving = 5
            elif asked > 0.0:
                self.leaving = 4
            elif self.exits.moves:
                self.holding.move_stop(self.exits, self.grid)
            self.leaving_ms = open_ms
        if self.following is not None:
            self.following.manage(account, open_ms)

    def decide(self, account: Account, open_ms: int) -> None:
        """Judge the signal of the candle, and go on to the next one."""
        if self.present:
            if self.rows[self.at, 6] != 0.0:
                measured = self.slip_fills >= self.costs.enough_fills and self.slip_value > 0.0
                self.intent.decide(
                    account, self.rows[self.at], open_ms, self.holding.sign != 0, self.last_exit_ms,
                    self.slip_cost / self.slip_value if measured else nan, self._rate(open_ms + self.interval_ms),
                )  # fmt: skip
            self.at += 1
        if self.following is not None:
            self.following.decide(account, open_ms)

    def finish(self, account: Account, at_ms: int) -> None:
        """Close this market's position at its mark, as at the end of the data; what waited is withdrawn."""
        if self.intent.sign != 0:
            self.intent.withdraw(account)
        if self.holding.sign != 0:
            self._close(account, self.holding.mark, 7, at_ms)

    def _due(self, bar_ms: int) -> int:
        """The open at which an order decided on the candle of ``bar_ms`` is filled."""
        return bar_ms + (1 + self.costs.latency_bars) * self.interval_ms

    def _touched(self, open_ms: int) -> int:
        """What ended the position inside the candle; its 1m candles say in which order, if they are all there."""
        stop, target, liquidation = self.holding.stop, self.holding.target, self.holding.liquidation
        sign = self.holding.sign
        ending = 0
        count = self._minutes(open_ms)
        for at in range(self.minute, self.minute + count):
            if ending == 0:
                ending = inside(sign, self.minute_highs[at], self.minute_lows[at], stop, target, liquidation)
        if ending == 0:
            ending = inside(sign, self.rows[self.at, 1], self.rows[self.at, 2], stop, target, liquidation)
        return ending

    def _minutes(self, open_ms: int) -> int:
        """How many 1m candles decide, from ``minute`` on: all of the candle's, none where one is missing or outside."""
        while self.minute < self.minute_ms.shape[0] and self.minute_ms[self.minute] < open_ms:
            self.minute += 1
        at = self.minute
        while at < self.minute_ms.shape[0] and self.minute_ms[at] < open_ms + self.interval_ms:
            if self.minute_highs[at] > self.rows[self.at, 1] or self.minute_lows[at] < self.rows[self.at, 2]:
                return 0
            at += 1
        return at - self.minute if (at - self.minute) * 60_000 == self.interval_ms else 0

    def _rate(self, at_ms: int) -> float:
        """The funding rate of the last stamp up to ``at_ms``; NaN where it is not given."""
        stamp_ms = at_ms - at_ms % 28_800_000
        low = 0
        high = self.funding_ms.shape[0]
        while low < high:
            middle = (low + high) // 2
            if self.funding_ms[middle] < stamp_ms:
                low = middle + 1
            else:
                high = middle
        if low < self.funding_ms.shape[0] and self.funding_ms[low] == stamp_ms:
            rate: float = self.funding_rates[low]
            return rate
        return nan

    def _open(self, account: Account, price: float, open_ms: int) -> None:
        paid = self.intent.paid(price)
        quantity = self.intent.quantity
        fee = units(paid * quantity * self.costs.fee)
        margin = units(paid * quantity / self.intent.leverage)
        slippage = units(fabs(paid - price) * quantity)
        self.holding.open(
            self.intent.sign, quantity, self.intent.leverage, paid, open_ms, self.intent.bar_ms, self.intent.stop,
            self.intent.target, self.intent.atr, margin, self.exits, self.grid,
        )  # fmt: skip
        self.holding.fees = fee
        self.holding.slippage = slippage
        account.wallet -= fee
        account.margin += margin
        account.positions += 1
        account.busy += 1
        account.trades_today += 1
        account.fills += 1
        self._measure(slippage, paid, quantity)

    def _end(self, account: Account, ending: int, reference: float, at_ms: int) -> None:
        """Close because a level was touched."""
        if ending == 3:
            self._close(account, self.holding.liquidation, 6, at_ms)
        elif ending == 1:
            self._close(account, reference, self.holding.stop_kind, at_ms)
        else:
            self._close(account, reference, 1, at_ms)

    def _close(self, account: Account, reference: float, reason: int, at_ms: int) -> None:
        """Fill the exit at ``reference`` against us, book it and write the trade down."""
        liquidated = reason == 6
        resting = reason == 1 and self.costs.maker == self.costs.maker
        adverse = 0.0 if liquidated or resting else self.costs.adverse(self.holding.atr, reference)
        price = fill_price(reference, -self.holding.sign, adverse, self.grid.tick_units, self.grid.tick_scale)
        quantity = self.holding.quantity
        rate = 0.0 if liquidated else (self.costs.maker if resting else self.costs.fee)
        fee = units(price * quantity * rate)
        slippage = units(fabs(price - reference) * quantity)
        gross = units(self.holding.sign * quantity * (price - self.holding.entry))
        if liquidated:
            gross = -self.holding.margin
        account.wallet += gross - fee
        account.margin -= self.holding.margin
        account.unrealised -= self.holding.unrealised
        account.positions -= 1
        account.busy -= 1
        self._write(account, price, reason, at_ms, fee, slippage, gross)
        if not liquidated:
            self._measure(slippage, price, quantity)
        self.last_exit_ms = at_ms - at_ms % self.interval_ms + self.interval_ms
        self.holding.sign = 0
        self.leaving = -1

    def _measure(self, slippage: int, price: float, quantity: float) -> None:
        """Learn what own fills cost."""
        self.slip_fills += 1
        self.slip_cost += slippage / 1e8
        self.slip_value += price * quantity

    def _write(
        self, account: Account, price: float, reason: int, at_ms: int, fee: int, slippage: int, gross: int
    ) -> None:
        """A closed trade, in the order of `account.REALS` and `account.INTEGERS`."""
        n = account.trades
        account.reals[n, 0] = self.holding.entry
        account.reals[n, 1] = price
        account.reals[n, 2] = self.holding.quantity
        account.reals[n, 3] = self.holding.initial_stop
        account.integers[n, 0] = self.number
        account.integers[n, 1] = self.holding.sign
        account.integers[n, 2] = self.holding.leverage
        account.integers[n, 3] = self.holding.entry_ms
        account.integers[n, 4] = at_ms
        account.integers[n, 5] = reason
        account.integers[n, 6] = self.holding.fees + fee
        account.integers[n, 7] = self.holding.funding
        account.integers[n, 8] = self.holding.slippage + slippage
        account.integers[n, 9] = gross
        account.integers[n, 10] = self.holding.signal_ms
        account.trades += 1


def run(leader: Market, account: Account, interval_ms: int) -> int:
    """Play all candles the markets hold, the GIL released; how many that were.

    The order within a candle is that of contracts.md §4: exits of all markets before entries, funding, the range of
    the candle, then the close: equity, stops that move, decisions.
    """
    candles = 0
    with cython.nogil:
        while True:
            if account.busy == 0 and leader.following is None:
                candles += leader.idle(account)
            open_ms = leader.next_ms()
            if open_ms >= NEVER_MS:
                break
            leader.begin(open_ms)
            if open_ms >= account.next_day_ms:
                account.turn_to(open_ms)
            # One position alone that the candle leaves in peace is only marked.
            eventful = not leader.calm or account.busy > 1 or leader.following is not None
            if eventful and account.busy > 0:
                leader.leave(account, open_ms)
                leader.enter(account, open_ms)
            if leader.funded:
                leader.fund(account, open_ms)
            if account.busy > 0:
                if eventful:
                    leader.touch(account, open_ms)
                leader.value(account)
            if open_ms + interval_ms >= account.next_day_ms:
                account.turn_to(open_ms + interval_ms)
            account.record_equity(open_ms + interval_ms)
            if account.busy > 0:
                leader.manage(account, open_ms)
            leader.decide(account, open_ms)
            candles += 1
    return candles
