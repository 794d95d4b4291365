"""Whatever is done at the practice exchange, its books balance to the unit; an oracle of fractions agrees."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sigma_engine.practice.nouns import (
    UNIT,
    Bill,
    DuplicateIds,
    Fill,
    FundingStamp,
    Hold,
    Kind,
    MarginMode,
    Refusal,
    Side,
    Status,
    TimeInForce,
    Wallet,
    Watched,
)
from tests.engine.practice.stand import BTC, ETH, HOUR_MS, Stand, parts
from tests.servers import truth

Step = Callable[[Stand], None]


def _price(stand: Stand, symbol: str, offset: int) -> int:
    """The last price moved by ``offset`` ten-thousandths, on the tick."""
    last = stand.exchange.quote(symbol).last
    return last * (10_000 + offset) // 10_000 // parts("0.1") * parts("0.1")


symbols = st.sampled_from((BTC, ETH))
offsets = st.integers(-300, 300)


@dataclass(frozen=True)
class Move:
    symbol: str
    offset: int
    quantity: int
    wait_ms: int

    def __call__(self, stand: Stand) -> None:
        stand.now_ms += self.wait_ms
        stand.exchange.move(self.symbol, _price(stand, self.symbol, self.offset), self.quantity)


@dataclass(frozen=True)
class Ask:
    symbol: str
    way: tuple[Side, Hold]
    kind: Kind
    quantity: int
    offset: int
    stop: int | None
    rule: TimeInForce | None
    watched: Watched

    def __call__(self, stand: Stand) -> None:
        limited = self.kind in (Kind.LIMIT, Kind.STOP, Kind.TAKE_PROFIT)
        price = _price(stand, self.symbol, self.offset)
        stop = None if self.stop is None else _price(stand, self.symbol, self.stop)
        ticket = stand.ticket(symbol=self.symbol, side=self.way[0], hold=self.way[1], kind=self.kind)
        changes: dict[str, Any] = {
            "quantity": self.quantity * parts("0.0001"),
            "price": price if limited else None,
            "trigger": price if self.kind.waits else None,
            "trigger_by": self.watched,
            "time_in_force": self.rule if self.kind is Kind.LIMIT else None,
            "stop_trigger": stop,
        }
        stand.exchange.place(ticket.__class__(**{**_fields(ticket), **changes}))


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


@dataclass(frozen=True)
class Do:
    what: str
    symbol: str
    number: int

    def __call__(self, stand: Stand) -> None:
        exchange, knobs = stand.exchange, stand.exchange.knobs
        match self.what:
            case "cancel one":
                for order in exchange.open_orders(self.symbol)[:1]:
                    exchange.cancel(order.order_id)
            case "cancel all":
                exchange.cancel_all(self.symbol, waiting=self.number % 2 == 0)
            case "close":
                exchange.close_positions(self.symbol)
            case "leverage":
                exchange.set_leverage(self.symbol, self.number)
            case "margin":
                for position in exchange.positions(self.symbol)[:1]:
                    exchange.move_margin(position.position_id, (self.number - 50) * parts("0.3"))
            case "deposit":
                exchange.deposit((self.number - 50) * parts("7.00000001"))
            case "diverge":
                exchange.diverge(self.symbol, (self.number - 50) * parts("0.0002"))
            case "rate":
                exchange.set_funding_rate(self.symbol, (self.number - 50) * parts("0.00002"))
            case "force":
                exchange.liquidate(self.symbol, self.number * parts("0.01"), deleveraging=self.number % 3 == 0)
            case "partial":
                knobs.partial = (parts("0.3"), parts("0.4"), parts("0.3"))[: self.number % 4]
            case "hold":
                knobs.hold_ms = 1_500 * (self.number % 2)
            case "slow cancels":
                knobs.cancel_ms = 1_500 * (self.number % 2)
            case "cancel race":
                knobs.fill_on_cancel = parts("0.25") * (self.number % 3)
            case "slip":
                knobs.slip = parts("0.001") * (self.number % 3)
            case "sweep":
                knobs.sweeps = not knobs.sweeps


WHATS = (
    *("cancel one", "cancel all", "close", "leverage", "margin", "deposit", "diverge", "rate", "force"),
    *("partial", "hold", "slow cancels", "cancel race", "slip", "sweep"),
)
moves = st.builds(
    Move,
    symbols,
    offsets,
    st.sampled_from((0, 0, parts("0.0005"), parts("0.01"))),
    st.sampled_from((1, 1_000, 2_000, 3 * HOUR_MS)),
)
ways = st.sampled_from(
    (
        *((Side.BUY, Hold.LONG), (Side.SELL, Hold.SHORT), (Side.BUY, Hold.LONG), (Side.SELL, Hold.SHORT)),
        *((Side.SELL, Hold.LONG), (Side.BUY, Hold.SHORT)),
    )
)
asks = st.builds(
    Ask,
    symbols,
    ways,
    st.sampled_from((*Kind, Kind.MARKET, Kind.MARKET, Kind.LIMIT, Kind.LIMIT)),
    st.integers(2, 3_000),
    st.integers(-150, 150),
    st.none() | st.integers(-200, 200),
    st.none() | st.sampled_from(TimeInForce),
    st.sampled_from(Watched),
)
dos = st.builds(Do, st.sampled_from(WHATS), symbols, st.integers(1, 100))
episodes = st.lists(st.one_of(moves, moves, asks, asks, dos), min_size=30, max_size=60)
modes = st.sampled_from(MarginMode)


def played(
    steps: list[Step], mode: MarginMode, check: Callable[[Stand], None] = lambda stand: None, every: int = 1
) -> Stand:
    """An exchange after ``steps``, some of them refused; ``check`` looks at it after ``every`` few of them."""
    stand = Stand(deposit="3000", mode=mode, half_spread="0.0001", duplicate_ids=DuplicateIds.ACCEPT)
    stand.exchange.move(ETH, parts("3000"))
    for symbol in (BTC, ETH):
        stand.exchange.set_funding_rate(symbol, parts("0.0003"))
    for index, step in enumerate(steps, start=1):
        try:
            step(stand)
        except Refusal as refusal:
            assert refusal.code < 0  # noqa: PT017
        if index % every == 0 or index == len(steps):
            check(stand)
    return stand


many = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(episodes, modes)
@many
def test_the_wallet_is_the_sum_of_its_statement(steps: list[Step], mode: MarginMode) -> None:
    def balanced(stand: Stand) -> None:
        assert stand.exchange.wallet().total == truth.wallet(stand.exchange.history)

    history = played(steps, mode, balanced, every=15).exchange.history
    balance = 0
    for change in history:
        if isinstance(change, Bill):
            balance += change.amount
            assert change.balance == balance
        if isinstance(change, Wallet):
            assert change.total == balance
    money, sums = Counter(truth.money(history)), truth.sums_of_fills(history)
    assert money["position_close_long"] + money["position_close_short"] == sums["realised"]
    assert money["order_fill_fee_income"] == -sums["fees"]
    assert money["order_liquidate_fee_income"] == -sums["liquidation_fees"]


@given(episodes, modes)
@many
def test_sizes_and_orders_are_the_sums_of_their_fills(steps: list[Step], mode: MarginMode) -> None:
    def counted(stand: Stand) -> None:
        held = {(each.symbol, each.hold): each.size for each in stand.exchange.positions()}
        history = stand.exchange.history
        assert held == truth.sizes_by_fills(history) == truth.last_positions(history)
        assert all(size > 0 for size in held.values())

    history = played(steps, mode, counted, every=15).exchange.history
    assert truth.overfilled(history) == {}
    fills = [change for change in history if isinstance(change, Fill)]
    for order in truth.last_orders(history).values():
        mine = [fill for fill in fills if fill.order_id == order.order_id]
        assert order.filled == sum(fill.quantity for fill in mine) <= order.ticket.quantity
        assert (order.value, order.fee) == (sum(fill.value for fill in mine), sum(fill.fee for fill in mine))
        assert order.realised == sum(fill.realised for fill in mine)
        assert (order.status is Status.FILLED) is (order.filled == order.ticket.quantity)


@given(episodes, modes)
@many
def test_nothing_is_left_that_should_have_happened(steps: list[Step], mode: MarginMode) -> None:
    """Without delays: no met limit rests, no reached trigger waits, no exhausted position is held."""
    quick = [each for each in steps if not (isinstance(each, Do) and each.what in ("partial", "hold", "slow cancels"))]
    quick = [Move(each.symbol, each.offset, 0, each.wait_ms) if isinstance(each, Move) else each for each in quick]
    played(quick, mode, _is_settled)


def _is_settled(stand: Stand) -> None:
    for order in stand.exchange.open_orders():
        quote, ticket = stand.exchange.quote(order.ticket.symbol), order.ticket
        assert ticket.price is not None
        assert quote.ask > ticket.price if ticket.side is Side.BUY else quote.bid < ticket.price
    for order in stand.exchange.open_orders(waiting=True):
        quote, ticket = stand.exchange.quote(order.ticket.symbol), order.ticket
        watched = quote.last if ticket.trigger_by is Watched.LAST else quote.mark
        closes = (ticket.side is Side.SELL) is (ticket.hold is Hold.LONG)
        stops = ticket.kind in (Kind.STOP, Kind.STOP_MARKET)
        falls = stops is (ticket.hold is Hold.LONG)
        assert not closes or (watched > (ticket.trigger or 0) if falls else watched < (ticket.trigger or 0))
    for position in stand.exchange.positions():
        value = Fraction(stand.exchange.quote(position.symbol).mark * position.size, UNIT)
        if position.mode is MarginMode.ISOLATED:
            assert (position.margin + position.unrealised) / value > Fraction(5, 1_000) - Fraction(1, value)


@dataclass
class Ledger:
    """Average cost in fractions of parts: the same money, computed another way."""

    sizes: Counter[truth.Held] = field(default_factory=Counter)
    costs: dict[truth.Held, Fraction] = field(default_factory=dict)
    realised: Fraction = Fraction(0)
    fees: Fraction = Fraction(0)
    funding: Fraction = Fraction(0)
    entries: int = 0

    def fill(self, fill: Fill) -> None:
        held, value = (fill.symbol, fill.hold), Fraction(fill.price * fill.quantity, UNIT)
        self.fees += value * (Fraction(2, 10_000) if fill.maker else Fraction(8, 10_000))
        self.entries += 3
        if (fill.side is Side.BUY) is (fill.hold is Hold.LONG):
            self.sizes[held] += fill.quantity
            self.costs[held] = self.costs.get(held, Fraction(0)) + value
            return
        cost = self.costs[held] * Fraction(fill.quantity, self.sizes[held])
        self.realised += (value - cost) * (1 if fill.hold is Hold.LONG else -1)
        self.sizes[held] -= fill.quantity
        self.costs[held] -= cost

    def stamp(self, stamp: FundingStamp) -> None:
        for (symbol, hold), size in self.sizes.items():
            if symbol == stamp.symbol:
                direction = -1 if hold is Hold.LONG else 1
                self.funding += direction * Fraction(size * stamp.mark * stamp.rate, UNIT * UNIT)
                self.entries += 1


@given(episodes)
@many
def test_an_oracle_of_fractions_finds_the_same_money(steps: list[Step]) -> None:
    """Rounding is at most half a unit per booking; liquidations are left out, what they cost is told elsewhere."""
    calm = [each for each in steps if not (isinstance(each, Do) and each.what in ("force", "diverge", "leverage"))]
    stand = played([Do("leverage", BTC, 2), Do("leverage", ETH, 2), *calm], MarginMode.ISOLATED)
    ledger = Ledger()
    for change in stand.exchange.history:
        if isinstance(change, Fill):
            ledger.fill(change)
        elif isinstance(change, FundingStamp):
            ledger.stamp(change)
    money = Counter(truth.money(stand.exchange.history))
    if money["order_liquidate_fee_income"]:
        return
    tolerance = ledger.entries
    assert abs(money["position_close_long"] + money["position_close_short"] - ledger.realised) <= tolerance
    assert abs(money["order_fill_fee_income"] + ledger.fees) <= tolerance
    assert abs(money["position_funding"] - ledger.funding) <= tolerance
    total = money["transfer_in"] + money["transfer_out"] + ledger.realised - ledger.fees + ledger.funding
    assert abs(stand.exchange.wallet().total - total) <= 3 * tolerance


@given(episodes, modes)
@many
def test_the_same_calls_make_the_same_history(steps: list[Step], mode: MarginMode) -> None:
    assert played(steps, mode).exchange.history == played(steps, mode).exchange.history


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12), st.integers(-200, 200))
def test_a_close_in_any_number_of_pieces_realises_the_same(pieces: list[int], offset: int) -> None:
    """Σ realised over any split = realised unsplit, to the unit, where no value needs rounding."""
    realised = []
    whole = sum(pieces) + 2 * len(pieces)
    for split in ([piece + 2 for piece in pieces], [whole]):
        stand = Stand(deposit="1000000")
        stand.buy(f"{whole / 10_000:.4f}")
        stand.exchange.move(BTC, _price(stand, BTC, offset))
        for piece in split:
            stand.sell(f"{piece / 10_000:.4f}")
        assert stand.exchange.positions() == []
        realised.append(truth.sums_of_fills(stand.exchange.history)["realised"])
    assert realised[0] == realised[1]
