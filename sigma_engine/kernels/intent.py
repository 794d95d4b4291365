"""The decision on one market's signal and the entry it leads to: gates, safety, size, guard; the first no decides.

The same questions in the same order as `session.decide`, on plain numbers; the arithmetic of both is in
`kernels.edge`, `kernels.sizing` and `kernels.fills`.
"""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.account import Account
from sigma_engine.kernels.edge import weigh
from sigma_engine.kernels.fills import fill_price, on_step, units
from sigma_engine.kernels.sizing import (
    leverage_inside_liquidation,
    margin_quantity,
    net_odds,
    prudent_kelly,
    risk_quantity,
    volatility_multiple,
)
from sigma_engine.kernels.terms import CostTerms, ExitTerms, GateTerms, Grid, LimitTerms, SizeTerms

if not cython.compiled:
    from math import inf, isnan, nan

FUNDING_MS = 28_800_000


class Intent:
    """Decides, and keeps the entry that is on its way; ``sign`` is 0 where there is none."""

    def __init__(
        self,
        interval_ms: int,
        grid: Grid,
        costs: CostTerms,
        exits: ExitTerms,
        gates: GateTerms,
        size: SizeTerms,
        limits: LimitTerms,
    ) -> None:
        self.interval_ms = interval_ms
        self.grid, self.costs, self.exits = grid, costs, exits
        self.gates, self.size, self.limits = gates, size, limits
        self.sign = self.leverage = 0
        self.quantity = self.stop = self.target = self.atr = nan
        self.bar_ms = self.reserve = 0
        self.kelly = nan

    def withdraw(self, account: Account) -> None:
        """The order is no longer on its way: filled, refused or cancelled."""
        self.sign = 0
        account.reserved -= self.reserve
        account.reservations -= 1
        account.busy -= 1

    def decide(
        self,
        account: Account,
        row: NDArray[np.float64],
        open_ms: int,
        held: bool,
        last_exit_ms: int,
        slippage: float,
        funding_rate: float,
    ) -> None:
        """Judge the signal in ``row`` of the candle that opened at ``open_ms``; an entry stays in the fields here.

        ``slippage`` is what own fills cost on average, NaN while there are too few; ``funding_rate`` the last one, NaN
        where nobody knows.
        """
        sign = 1 if row[6] > 0.0 else -1
        at_ms = open_ms + self.interval_ms
        price = row[3]
        stop = self.exits.stop(price, row[4])
        target = self.exits.target(price, row[4], stop)
        cost = self._cost(sign, price, row[4], at_ms, slippage, funding_rate)
        account.signals += 1
        cause = self._shut_gate(account, row, sign, stop / price, target / price, cost)
        if cause < 0:
            cause = self._objection(account, price, row[4], at_ms, held, last_exit_ms)
        if cause >= 0:
            account.refuse(cause)
            return
        leverage = self._allowed_leverage(stop / price)
        loss = stop * (1.0 + self.size.gap_share) + price * cost
        quantity = self._quantity(account, price, row[4], row[5], loss, leverage)
        if quantity < self.grid.smallest or quantity * price < self.grid.min_cost:
            account.refuse(10)
            return
        cause = self._guard(account, price, stop / price, quantity, loss, leverage)
        if cause >= 0:
            account.refuse(cause)
            return
        self._order(account, sign, quantity, leverage, price, stop, target, row[4], open_ms)

    def _cost(self, sign: int, price: float, atr: float, at_ms: int, slippage: float, funding_rate: float) -> float:
        """The all-in cost of a round trip, a fraction of the price (`risk.costs.expected_costs`)."""
        slip = self.costs.slippage_at(atr, price)
        if slippage == slippage:
            slip = max(slippage - 0.5 * self.costs.spread, 0.0)
        paid = 0.0
        if funding_rate == funding_rate:
            until_ms = at_ms + self.gates.barrier_bars * self.interval_ms
            stamps = (until_ms + 28_799_999) // 28_800_000 - (at_ms + 28_799_999) // 28_800_000
            paid = max(sign * funding_rate * stamps, 0.0)
        return 2.0 * self.costs.fee + self.costs.spread + 2.0 * slip + paid

    def _shut_gate(
        self, account: Account, row: NDArray[np.float64], sign: int, stop: float, target: float, cost: float
    ) -> int:
        """The first gate that is on and shut, by its place in `account.REFUSALS`; -1 where none is."""
        self.kelly = nan
        if not (self.gates.edge or self.gates.probability or self.gates.kelly):
            return -1
        long = sign > 0
        weigh(
            sign, stop, target, cost, row[5], self.gates.horizon_bars, self.gates.barrier_bars,
            row[10] if long else row[12], row[11] if long else row[13], row[14] if long else row[15], row[16], row[17],
            account.edges,
        )  # fmt: skip
        if row[5] == row[5]:
            samples = cython.cast(cython.longlong, row[19] * self.gates.horizon_bars / self.gates.barrier_bars)
            odds = net_odds(target, stop, cost)
            self.kelly = prudent_kelly(account.edges[2], odds, samples, self.gates.prior_samples)
        if self.gates.edge and not account.edges[4] * 1e4 > 0.0:
            return 0
        favourable = row[9] if long else 1.0 - row[9]
        known = row[5] == row[5] and row[18] != 3.0 and row[19] >= self.gates.least_matured
        if self.gates.probability and not (known and favourable >= self.gates.moderate):
            return 1
        if self.gates.kelly and not self.kelly > 0.0:
            return 2
        return -1

    def _objection(self, account: Account, price: float, atr: float, at_ms: int, held: bool, last_exit_ms: int) -> int:
        """The first safety rule that objects to an entry before it is sized, by its place; -1 where none does."""
        if not (0.0 < price < inf and 0.0 < atr < inf):
            return 4
        if (
            self.limits.max_trades_per_day > 0
            and account.trades_today + account.reservations >= self.limits.max_trades_per_day
        ):
            return 5
        if last_exit_ms >= 0 and last_exit_ms + self.limits.cooldown_ms - at_ms > 0:
            return 6
        if account.day_open_equity <= 0:
            return 7
        lost = -((account.equity() - account.day_open_equity) * 1.0 / account.day_open_equity)
        if lost >= self.limits.max_daily_loss:
            return 7
        if held or self.sign != 0:
            return 8
        return 9 if account.positions + account.reservations >= self.limits.max_positions else -1

    def _allowed_leverage(self, stop: float) -> int:
        """The strategy's leverage, lowered where its stop would lie too near to liquidation; at least 1."""
        highest = leverage_inside_liquidation(stop, self.grid.maintenance_rate, self.limits.stop_share)
        leverage = min(self.size.leverage, self.limits.max_leverage)
        leverage = min(leverage, self.grid.max_leverage)
        if highest < leverage:
            leverage = cython.cast(cython.int, highest)
        return max(leverage, 1)

    def _quantity(self, account: Account, price: float, atr: float, sigma: float, loss: float, leverage: int) -> float:
        """The smallest of what every cap allows, down to the step."""
        equity = account.equity() / 1e8
        quantity = self._wanted(equity, price, sigma, loss)
        quantity = min(quantity, risk_quantity(equity, self.limits.max_risk, loss, 0.0))
        if self.gates.kelly:
            share = 0.0 if isnan(self.kelly) else max(self.gates.kelly_share * self.kelly, 0.0)
            quantity = min(quantity, risk_quantity(equity, share, loss, 0.0))
        quantity = min(quantity, margin_quantity(equity * self.limits.max_margin, leverage, price))
        reach = 1.0 / (1.0 / leverage + (self.costs.fee + self.costs.adverse(atr, price)))
        free = self.size.free_margin_share * ((account.free() - account.reserved) / 1e8)
        quantity = min(quantity, margin_quantity(free, reach, price))
        if self.grid.depth == self.grid.depth:
            quantity = min(quantity, self.size.depth_share * self.grid.depth / price)
        return on_step(max(quantity, 0.0), self.grid.step_units, self.grid.step_scale)

    def _wanted(self, equity: float, price: float, sigma: float, loss: float) -> float:
        """The strategy's own size: as it states it, or by risk, which a storm lowers and a calm market may raise."""
        if self.size.fixed_quantity == self.size.fixed_quantity:
            return self.size.fixed_quantity
        if self.size.fixed_notional == self.size.fixed_notional:
            return self.size.fixed_notional / price
        if self.size.margin_fraction == self.size.margin_fraction:
            return margin_quantity(equity * self.size.margin_fraction, self.size.leverage, price)
        quantity = risk_quantity(equity, self.size.risk_fraction, loss, 0.0)
        if not sigma > 0.0:
            return quantity
        multiple = volatility_multiple(
            sigma, self.size.bars_per_year, self.size.volatility_target, self.size.volatility_cap
        )
        return min(quantity * max(multiple, 1.0), quantity * multiple)

    def _guard(self, account: Account, price: float, stop: float, quantity: float, loss: float, leverage: int) -> int:
        """The safety rule that objects to the sized order, by its place; -1 where none does."""
        allowed = self.limits.stop_share * (1.0 / leverage - self.grid.maintenance_rate)
        if not 0.0 < stop <= allowed:
            return 11
        equity = account.equity()
        if equity <= 0:
            return 12
        risked = units(quantity * loss) * 1.0 / equity
        bound = quantity * price / leverage / (equity / 1e8)
        if (
            risked > self.limits.max_risk + self.limits.tolerance
            or bound > self.limits.max_margin + self.limits.tolerance
        ):
            return 12
        return 12 if leverage > self.limits.max_leverage else -1

    def _order(
        self,
        account: Account,
        sign: int,
        quantity: float,
        leverage: int,
        price: float,
        stop: float,
        target: float,
        atr: float,
        open_ms: int,
    ) -> None:
        """Send the entry on its way; its margin and fee at the present price are no longer free."""
        self.sign, self.quantity, self.leverage = sign, quantity, leverage
        self.stop, self.target, self.atr = stop, target, atr
        self.bar_ms = open_ms
        self.reserve = self.needed(price)
        account.reserved += self.reserve
        account.reservations += 1
        account.busy += 1
        account.orders += 1

    def paid(self, price: float) -> float:
        """What the entry would pay at ``price``."""
        return fill_price(
            price, self.sign, self.costs.adverse(self.atr, price), self.grid.tick_units, self.grid.tick_scale
        )

    def needed(self, price: float) -> int:
        """Margin and fee of the entry at ``price``, in units."""
        value = self.paid(price) * self.quantity
        return units(value / self.leverage) + units(value * self.costs.fee)
