"""What real executions make of the account, in parts and out of order, against a ledger of fractions written here."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, Fill, Leg, Order, PositionSide
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.domain.position import Trade
from sigma_engine.domain.venue import BillKind, VenueBill
from sigma_engine.errors import DomainError
from sigma_engine.execution.book import Book
from sigma_engine.risk.arithmetic import Arithmetic

BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
MINUTE = 60_000
LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
GRID = Fraction(1, 10**18)
"""What the cost of the part that is still held is rounded to, USDT."""


def book(wallet: str = "10000", maintenance: str = "0.005", tick: str = "0.01") -> Book:
    money = Decimal(wallet)
    account = Portfolio(at_ms=0, wallet=money, positions=(), initial=money, day_open_equity=money, peak_equity=money)
    instruments = (Instrument(symbol, Decimal(tick), Decimal("0.001"), Decimal(maintenance)) for symbol in (BTC, ETH))
    return Book(account, {instrument.symbol: Arithmetic(instrument) for instrument in instruments}, MINUTE)


def entry(side: PositionSide = LONG, leverage: int = 10, **changed: object) -> Order:
    order = Order(
        client_id="sgentry",
        symbol=BTC,
        leg=Leg.ENTRY,
        side=side.opening,
        position_side=side,
        quantity=Decimal(10),
        leverage=leverage,
        bar_ms=0,
        created_ms=0,
        reference_price=100.0,
        stop_distance=5.0,
        target_distance=10.0,
        atr=2.0,
        reason="because",
    )
    return replace(order, **changed)  # type: ignore[arg-type]


def fill(
    price: object,
    quantity: object,
    leg: Leg = Leg.ENTRY,
    side: PositionSide = LONG,
    fee: object = "0",
    at_ms: int = 0,
    trade_id: str = "t1",
    realised: object = None,
) -> Fill:
    return Fill(
        client_id="sgentry" if leg is Leg.ENTRY else "sgexit",
        symbol=BTC,
        leg=leg,
        side=side.opening if leg is Leg.ENTRY else side.closing,
        price=Decimal(str(price)),
        quantity=Decimal(str(quantity)),
        fee=Decimal(str(fee)),
        slippage=ZERO,
        at_ms=at_ms,
        trade_id=trade_id,
        realised=None if realised is None else Decimal(str(realised)),
    )


def out(price: object, quantity: object, side: PositionSide = LONG, **more: object) -> Fill:
    return fill(price, quantity, Leg.EXIT, side, **more)  # type: ignore[arg-type]


def reduce(ledger: Book, execution: Fill, reason: ExitReason = ExitReason.STOP) -> tuple[Fraction, Trade | None]:
    """What an exit moved the wallet by before its fee, and the trade where it ended one."""
    before = Fraction(ledger.wallet)
    trade = ledger.reduce(execution, reason)
    return Fraction(ledger.wallet) - before + Fraction(execution.fee), trade


def bill(kind: BillKind, amount: object, symbol: str | None = BTC) -> VenueBill:
    return VenueBill(bill_id="b1", kind=kind, symbol=symbol, amount=Decimal(str(amount)), at_ms=1)


@dataclass
class Fractions:
    """The oracle: average cost in fractions, nothing rounded, nothing shared with what it judges."""

    sign: int
    wallet: Fraction
    quantity: Fraction = Fraction(0)
    average: Fraction = Fraction(0)
    realised: list[Fraction] = field(default_factory=list)

    def enter(self, price: Decimal, quantity: Decimal, fee: Decimal) -> None:
        total = self.quantity * self.average + Fraction(price) * Fraction(quantity)
        self.quantity += Fraction(quantity)
        self.average = total / self.quantity
        self.wallet -= Fraction(fee)

    def leave(self, price: Decimal, quantity: Decimal, fee: Decimal) -> None:
        closed = min(self.quantity, Fraction(quantity))
        self.realised.append(self.sign * closed * (Fraction(price) - self.average))
        self.wallet += self.realised[-1] - Fraction(fee)
        self.quantity -= closed

    def receive(self, amount: Decimal) -> None:
        self.wallet += Fraction(amount)


def on_grid(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


PRICES = on_grid("0.01", "100000", 2)
QUANTITIES = on_grid("0.001", "50", 3)
AMOUNTS = on_grid("-30", "30", 8)
FEES = on_grid("-1", "20", 8)
SIDES = st.sampled_from(PositionSide)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), PRICES, QUANTITIES, FEES),
        st.tuples(st.just("leave"), PRICES, QUANTITIES, FEES),
        st.tuples(st.sampled_from(["funding", "transfer", "other", "unreconciled"]), AMOUNTS),
    ),
    max_size=14,
)


@given(SIDES, STEPS)
def test_any_sequence_comes_to_what_fractions_say(side: PositionSide, steps: list[tuple]) -> None:  # type: ignore[type-arg]
    ledger, oracle = book(), Fractions(side.sign, Fraction(10_000))
    for at_ms, (what, *figures) in enumerate(steps):
        if what == "enter":
            price, quantity, fee = figures
            ledger.enter(entry(side), fill(price, quantity, side=side, fee=fee, at_ms=at_ms))
            oracle.enter(price, quantity, fee)
        elif what == "leave":
            price, quantity, fee = figures
            realised, _ = reduce(ledger, out(price, quantity, side, fee=fee, at_ms=at_ms))
            oracle.leave(price, quantity, fee)
            assert abs(realised - oracle.realised[-1]) <= GRID * len(steps)
        else:
            ledger.bill(bill(BillKind(what), figures[0]))
            oracle.receive(figures[0])
        require_agreement(ledger, oracle, GRID * len(steps))


def require_agreement(ledger: Book, oracle: Fractions, rounding: Fraction) -> None:
    """To the last digit while nothing is held; each part closed before an addition rounds the cost of the rest once."""
    position = ledger.position(BTC)
    assert Fraction(position.quantity if position else 0) == oracle.quantity
    difference = abs(Fraction(ledger.wallet) - oracle.wallet)
    assert difference == 0 if position is None else difference <= rounding
    if position is not None:
        assert abs(Fraction(position.entry_price) - oracle.average) * oracle.quantity <= rounding


@given(SIDES, st.lists(st.tuples(PRICES, QUANTITIES, FEES), min_size=1, max_size=6), st.data())
def test_a_trade_is_the_change_of_the_wallet(
    side: PositionSide, entries: list[tuple[Decimal, Decimal, Decimal]], data: st.DataObject
) -> None:
    ledger = book()
    for price, quantity, fee in entries:
        ledger.enter(entry(side), fill(price, quantity, side=side, fee=fee))
    trade, value, closed = None, Fraction(0), Fraction(0)
    while (position := ledger.position(BTC)) is not None:
        ledger.bill(bill(BillKind.FUNDING, data.draw(AMOUNTS)))
        price, part = data.draw(PRICES), min(data.draw(QUANTITIES), position.quantity)
        value, closed = value + Fraction(price) * Fraction(part), closed + Fraction(part)
        trade = ledger.reduce(out(price, part, side, fee=data.draw(FEES)), ExitReason.TARGET)
    assert trade is not None
    assert trade.pnl == ledger.wallet - 10_000
    assert trade.quantity == sum(quantity for _, quantity, _ in entries) == closed
    assert abs(Fraction(trade.exit_price) - value / closed) < Fraction(1, 10**20)


@given(SIDES, st.lists(st.tuples(PRICES, QUANTITIES), min_size=1, max_size=5), PRICES, st.data())
def test_the_parts_of_an_exit_add_up_to_the_whole_however_it_is_split(
    side: PositionSide, entries: list[tuple[Decimal, Decimal]], price: Decimal, data: st.DataObject
) -> None:
    """Also while a rest is held, and where the average has no end."""
    whole, split = book(), book()
    for ledger in (whole, split):
        for paid, quantity in entries:
            ledger.enter(entry(side), fill(paid, quantity, side=side))
    held = sum((quantity for _, quantity in entries), ZERO)
    to_close = min(data.draw(QUANTITIES), held)
    at_once, _ = reduce(whole, out(price, to_close, side))
    parts, left = [], to_close
    while left:
        part = min(data.draw(QUANTITIES), left)
        parts.append(reduce(split, out(price, part, side))[0])
        left -= part
    assert sum(parts) == at_once
    assert split.wallet == whole.wallet


@given(SIDES, PRICES, st.lists(QUANTITIES, min_size=1, max_size=6))
def test_executions_at_one_price_average_to_it(side: PositionSide, price: Decimal, parts: list[Decimal]) -> None:
    ledger = book()
    for part in parts:
        position = ledger.enter(entry(side), fill(price, part, side=side))
    assert position.entry_price == price
    assert position.quantity == sum(parts)


@given(SIDES, PRICES, QUANTITIES, FEES)
def test_one_execution_is_booked_as_on_paper(
    side: PositionSide, price: Decimal, quantity: Decimal, fee: Decimal
) -> None:
    """The paper account and the real one are one ledger: what comes in one piece is the same in every field."""
    paper, real = book(), book()
    once = fill(price, quantity, side=side, fee=fee, trade_id="")
    assert real.enter(entry(side), once) == paper.open(entry(side), once)
    end = out(100, quantity, side, fee=fee, trade_id="", at_ms=MINUTE)
    closed, expected = real.reduce(end, ExitReason.STOP), paper.close(end, ExitReason.STOP)
    assert closed is not None
    assert abs(closed.pnl - expected.pnl) <= Decimal("1e-8")
    assert replace(closed, pnl=expected.pnl, return_pct=expected.return_pct, r=expected.r) == expected


def test_an_entry_in_three_executions_is_one_position_at_their_average() -> None:
    ledger = book()
    for price, quantity in (("100.00", "1"), ("100.01", "1"), ("100.02", "1")):
        position = ledger.enter(entry(), fill(price, quantity, fee="0.08"))
    assert (position.entry_price, position.quantity) == (Decimal("100.01"), Decimal(3))
    assert (position.fees, position.margin) == (Decimal("0.24"), Decimal("30.003"))
    assert (position.stop, position.initial_stop, position.target) == (
        Decimal("95.01"),
        Decimal("95.01"),
        Decimal("110.01"),
    )
    assert ledger.portfolio().trades_today == 1
    assert ledger.portfolio().fees_paid == Decimal("0.24")


def test_the_average_is_not_rounded_to_the_tick() -> None:
    ledger = book()
    ledger.enter(entry(), fill("100", "1"))
    position = ledger.enter(entry(), fill("100.01", "2"))
    assert abs(Fraction(position.entry_price) - Fraction(30002, 300)) < Fraction(1, 10**30)


def test_a_stop_that_was_moved_stays_where_it_was_put() -> None:
    ledger = book()
    ledger.enter(entry(), fill("100", "1"))
    ledger.move_stop(BTC, Decimal("101"), ExitReason.TRAILING)
    position = ledger.enter(entry(), fill("102", "1"))
    assert (position.stop, position.stop_kind, position.initial_stop) == (
        Decimal("101"),
        ExitReason.TRAILING,
        Decimal("96"),
    )
    assert position.target == Decimal("111")


def test_a_target_that_was_moved_stays_where_it_was_put() -> None:
    ledger = book()
    position = ledger.enter(entry(), fill("100", "1"))
    resumed = replace(ledger.portfolio(), positions=(replace(position, target=Decimal("120")),))
    ledger = Book(resumed, {BTC: ledger.arithmetic(BTC)}, MINUTE)
    position = ledger.enter(entry(), fill("102", "1"))
    assert (position.target, position.stop) == (Decimal("120"), Decimal("96"))


def test_what_another_order_adds_moves_neither_stop_nor_target() -> None:
    ledger = book()
    ledger.enter(entry(), fill("100", "1"))
    position = ledger.enter(entry(client_id="sgother", stop_distance=1.0, target_distance=1.0), fill("104", "1"))
    assert position.entry_price == 102
    assert (position.stop, position.initial_stop, position.target) == (Decimal(95), Decimal(95), Decimal(110))
    assert position.entry_id == "sgentry"


def test_a_part_closed_leaves_the_average_and_takes_its_share_of_the_margin() -> None:
    ledger = book()
    before = ledger.enter(entry(), fill("100", "4", fee="0.32"))
    assert reduce(ledger, out("103", "1", fee="0.0824")) == (3, None)
    position = ledger.position(BTC)
    assert position is not None
    assert (position.quantity, position.entry_price, position.margin) == (3, 100, Decimal(30))
    assert (position.closed_quantity, position.closed_value, position.realised) == (1, 103, 3)
    assert (position.stop, position.liquidation) == (before.stop, before.liquidation)
    assert ledger.wallet == Decimal("10000") - Decimal("0.32") + 3 - Decimal("0.0824")


def test_what_the_exchange_booked_is_what_is_booked() -> None:
    """Its rounding is its own: 2.9999 where the prices say 3."""
    ledger = book()
    ledger.enter(entry(), fill("100", "1"))
    trade = ledger.reduce(out("103", "1", realised="2.9999"), ExitReason.TARGET)
    assert ledger.wallet == Decimal("10002.9999")
    assert trade is not None
    assert (trade.pnl, trade.exit_price, trade.reason) == (Decimal("2.9999"), Decimal(103), ExitReason.TARGET)


def test_more_than_is_held_closes_what_is_held_and_the_rest_is_told() -> None:
    ledger = book()
    ledger.enter(entry(), fill("100", "1"))
    execution = out("103", "1.5", fee="0.1")
    assert ledger.surplus(execution) == Decimal("0.5")
    trade = ledger.reduce(execution, ExitReason.STOP)
    assert trade is not None
    assert (trade.quantity, trade.pnl) == (1, Decimal("2.9"))
    assert ledger.positions() == ()
    assert ledger.wallet == Decimal("10002.9")


@pytest.mark.parametrize("held", [None, SHORT])
def test_closing_what_is_not_held_opens_nothing_but_is_paid_for(held: PositionSide | None) -> None:
    ledger = book()
    before = ledger.enter(entry(held), fill("100", "1", side=held)) if held else None
    execution = out("103", "1", fee="0.1", realised="0.5")
    assert ledger.surplus(execution) == 1
    assert ledger.reduce(execution, ExitReason.STOP) is None
    assert ledger.position(BTC) == before
    assert ledger.wallet == Decimal("10000.4")


@pytest.mark.parametrize("held", [True, False])
def test_an_entry_is_no_reduction(held: bool) -> None:
    ledger = book()
    if held:
        ledger.enter(entry(SHORT), fill("100", "1", side=SHORT))
    wallet = ledger.wallet
    with pytest.raises(DomainError, match="the entry sgentry on BTC/USDT:USDT was booked as a reduction"):
        ledger.reduce(fill("100", "1"), ExitReason.STOP)
    assert ledger.wallet == wallet


def test_the_other_side_is_closed_before_it_is_opened() -> None:
    ledger = book()
    ledger.enter(entry(), fill("100", "1"))
    with pytest.raises(DomainError, match="opens short where BTC/USDT:USDT is held long: book it as a reduction"):
        ledger.enter(entry(SHORT), fill("100", "1", side=SHORT))
    ledger.reduce(out("101", "1"), ExitReason.SIGNAL)
    position = ledger.enter(entry(SHORT), fill("101", "2", side=SHORT))
    assert (position.side, position.quantity, position.entry_price) == (SHORT, 2, 101)
    assert ledger.wallet == 10_001


def test_an_entry_that_opens_twice_makes_two_trades() -> None:
    """Its rest was executed after the first part was closed."""
    ledger, names = book(), set()
    for number in range(2):
        ledger.enter(entry(), fill("100", "1", trade_id=f"in-{number}"))
        trade = ledger.reduce(out("101", "1", trade_id=f"out-{number}"), ExitReason.KILL)
        assert trade is not None
        names.add(trade.trade_id)
    assert names == {"sgentry-out-0", "sgentry-out-1"}


# Golden figures: E = 70,000, q = 0.01, 10x, maintenance 0.5 %.


@pytest.mark.parametrize(
    ("side", "maintenance", "expected"),
    [
        (LONG, "0.005", "63316.58"),
        (SHORT, "0.005", "76616.92"),
        (LONG, "0.0058", "63367.53"),
        (SHORT, "0.0058", "76555.98"),
    ],
    ids=["long", "short", "long with the taker fee", "short with the taker fee"],
)
def test_where_it_is_liquidated(side: PositionSide, maintenance: str, expected: str) -> None:
    ledger = book(maintenance=maintenance)
    for _ in range(2):
        position = ledger.enter(entry(side), fill("70000", "0.005", side=side))
    assert position.margin == 70
    assert position.liquidation == Decimal(expected)


def test_paid_funding_brings_the_liquidation_nearer() -> None:
    ledger = book()
    ledger.enter(entry(), fill("70000", "0.01"))
    position = ledger.bill(bill(BillKind.FUNDING, "-0.7"))
    assert position is not None
    assert (position.funding, position.margin) == (Decimal("-0.7"), Decimal("69.3"))
    assert position.liquidation == Decimal("63386.93")
    assert ledger.wallet == Decimal("9999.3")


def test_funding_of_what_is_closed_already_moves_the_wallet_alone() -> None:
    ledger = book()
    other = ledger.enter(entry(), fill("100", "1"))
    assert ledger.bill(bill(BillKind.FUNDING, "-0.7", ETH)) is None
    assert ledger.wallet == Decimal("9999.3")
    assert ledger.position(BTC) == other


def test_a_transfer_is_neither_gain_nor_loss() -> None:
    ledger = book()
    ledger.enter(entry(), fill("100", "1"))
    ledger.mark(BTC, 90.0)
    before = ledger.portfolio()
    assert ledger.bill(bill(BillKind.TRANSFER, "-4000", None)) is None
    after = ledger.portfolio()
    assert (after.wallet, after.initial) == (6_000, 10_000)
    assert after.pnl_today == before.pnl_today == -10
    assert after.peak_equity - after.equity == before.peak_equity - before.equity
    assert after.positions == before.positions


@pytest.mark.parametrize("kind", [BillKind.LIQUIDATION, BillKind.OTHER])
def test_any_other_line_moves_the_wallet_and_counts_as_gain_or_loss(kind: BillKind) -> None:
    ledger = book()
    position = ledger.enter(entry(), fill("100", "1"))
    assert ledger.bill(bill(kind, "-3.5")) is None
    assert ledger.wallet == Decimal("9996.5")
    assert ledger.portfolio().pnl_today == Decimal("-3.5")
    assert ledger.position(BTC) == position


def test_the_line_of_an_execution_is_not_booked_twice() -> None:
    ledger = book()
    assert ledger.bill(bill(BillKind.TRADE, "12")) is None
    assert ledger.wallet == 10_000


def test_an_adjustment_is_a_posting_one_can_see() -> None:
    ledger = book()
    posting = ledger.adjust(Decimal("-0.02"), 77)
    assert ledger.wallet == Decimal("9999.98")
    assert (posting.kind, posting.amount, posting.symbol, posting.at_ms) == (
        BillKind.UNRECONCILED,
        Decimal("-0.02"),
        None,
        77,
    )
    assert posting.bill_id != ledger.adjust(Decimal("0.02"), 78).bill_id


def test_protection_is_noted_and_taken_back() -> None:
    ledger = book()
    assert ledger.enter(entry(), fill("100", "1")).protected_ms is None
    assert ledger.protect(BTC, 1234).protected_ms == 1234
    assert ledger.protect(BTC, None).protected_ms is None
