"""Practice instruments: the table of contracts.md §3, and its rule for other coins."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.instrument import Instrument, practice_instrument
from sigma_engine.domain.symbol import PAIRS
from sigma_engine.errors import DomainError

TABLE = {
    "BTC": ("0.1", "0.0001", "0.005", 1, 4),
    "ETH": ("0.01", "0.001", "0.005", 2, 3),
    "SOL": ("0.01", "0.01", "0.01", 2, 2),
    "BNB": ("0.01", "0.01", "0.01", 2, 2),
    "LTC": ("0.01", "0.01", "0.01", 2, 2),
    "XRP": ("0.0001", "1", "0.01", 4, 0),
    "ADA": ("0.0001", "1", "0.01", 4, 0),
    "DOGE": ("0.00001", "1", "0.01", 5, 0),
}


@pytest.mark.parametrize("coin", TABLE)
def test_the_known_coins_have_their_grid(coin: str) -> None:
    tick, step, rate, price_decimals, quantity_decimals = TABLE[coin]
    instrument = practice_instrument(f"{coin}/USDT:USDT", 1.0)
    assert (instrument.tick, instrument.step, instrument.maintenance_rate) == (
        Decimal(tick),
        Decimal(step),
        Decimal(rate),
    )
    assert (instrument.price_decimals, instrument.quantity_decimals) == (price_decimals, quantity_decimals)
    assert (instrument.min_cost, instrument.max_leverage) == (5, 20)


def test_every_default_pair_is_in_the_table() -> None:
    assert {symbol.split("/")[0] for symbol in PAIRS} == set(TABLE)


@pytest.mark.parametrize(
    ("first_close", "tick", "step"),
    [
        (1234.5, "0.1", "0.001"),
        (99_999.0, "1", "0.0001"),
        (10.0, "0.001", "0.1"),
        (1.0, "0.0001", "1"),
        (0.0000123, "0.000000001", "1"),
    ],
)
def test_another_coin_gets_a_grid_that_suits_its_price(first_close: float, tick: str, step: str) -> None:
    instrument = practice_instrument("PEPE/USDT:USDT", first_close)
    assert (instrument.tick, instrument.step) == (Decimal(tick), Decimal(step))
    assert instrument.maintenance_rate == Decimal("0.01")


@given(st.floats(1e-9, 1e7))
def test_a_price_always_has_four_to_five_digits_on_its_grid(first_close: float) -> None:
    ticks = Decimal(first_close) / practice_instrument("PEPE/USDT:USDT", first_close).tick
    assert Decimal("9999.99") <= ticks <= Decimal("100000.01")


@pytest.mark.parametrize("name", ["tick", "step", "maintenance_rate", "min_cost"])
def test_an_instrument_without_a_grid_cannot_be(name: str) -> None:
    sound = {"tick": Decimal(1), "step": Decimal(1), "maintenance_rate": Decimal("0.01"), "min_cost": Decimal(5)}
    with pytest.raises(DomainError, match=name):
        Instrument("BTC/USDT:USDT", **(sound | {name: Decimal(0)}))
