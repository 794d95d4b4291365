"""Market names: what people type and what SIGMA means by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.symbol import PAIRS, base, require_one_of, short, unified
from sigma_engine.errors import UnknownSymbol


@pytest.mark.parametrize(
    "text", ["BTC", "btc", "BTCUSDT", "btc-usdt", "btc_usdt", "BTC/USDT", " BTC/USDT:USDT ", "Btc/Usdt:Usdt"]
)
def test_every_way_of_writing_a_market_means_the_same(text: str) -> None:
    assert unified(text) == "BTC/USDT:USDT"


def test_a_coin_whose_name_begins_with_a_number_is_a_coin() -> None:
    assert unified("1000PEPEUSDT") == "1000PEPE/USDT:USDT"


@pytest.mark.parametrize("text", ["", "  ", "BTC/EUR", "USD$", "123", "BTC USDT", "BTC/USDT:BTC", "/USDT", "X" * 40])
def test_what_is_no_usdt_market_is_refused_with_a_way_to_write_it(text: str) -> None:
    with pytest.raises(UnknownSymbol, match="write it like BTC, BTCUSDT or BTC/USDT"):
        unified(text)


def test_the_nearest_market_is_suggested() -> None:
    with pytest.raises(UnknownSymbol, match=r"Did you mean DOGE\?"):
        unified("DOGEE!")


@given(st.text(max_size=30))
def test_no_text_is_anything_but_a_market_or_a_refusal(text: str) -> None:
    try:
        symbol = unified(text)
    except UnknownSymbol:
        return
    assert symbol.endswith("/USDT:USDT")
    assert unified(symbol) == unified(short(symbol)) == unified(base(symbol)) == symbol


@pytest.mark.parametrize("symbol", PAIRS)
def test_the_forms_people_read(symbol: str) -> None:
    assert short(symbol) == f"{base(symbol)}/USDT"


def test_a_market_that_is_not_there_is_refused_with_the_nearest_and_the_choice() -> None:
    with pytest.raises(UnknownSymbol, match=r"ETC/USDT is not in this market. Did you mean ETH\? There is: BTC, ETH."):
        require_one_of("ETC/USDT:USDT", PAIRS[:2])
    assert require_one_of(PAIRS[1], PAIRS[:2]) == PAIRS[1]
