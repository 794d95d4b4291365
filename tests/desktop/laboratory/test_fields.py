"""Fields: every value becomes a text that reads back as the same value, and every bad text one clear sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.laboratory import cost_fields, download_fields
from sigma_desktop.laboratory.fields import BadText, Field, Kind, moment_text, number_text, text_of, value_of
from sigma_desktop.laboratory.strategy_fields import (
    ELSEWHERE,
    changed_document,
    fields_of,
    key_named,
    meaning,
    texts_of,
    with_title,
)
from sigma_engine import CostChoice, SigmaError, SlippageModel
from sigma_engine.strategy.library import load_strategy, preset_names
from sigma_engine.strategy.spec import StrategySpec, read_spec
from tests.desktop.laboratories import BEGIN_MS

LINES = st.sampled_from(["rsi(14) < 30", "ema(9) crosses_above ema(20)", "hour > 7"])
REAL = Field(key="x", title="Fee", kind=Kind.REAL, low=0, high=100)


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_survives_the_form_unchanged(name: str) -> None:
    document = load_strategy(name).document()
    changed = changed_document(document, texts_of(document))
    assert read_spec(changed) == read_spec(document)


def test_every_key_of_a_strategy_has_a_field_of_its_own_or_is_chosen_with_the_data() -> None:
    document = load_strategy("sigma-fusion").document()
    other = load_strategy("ema-trend").document()
    shown = {field.key.partition(".")[0] for spec in (document, other) for field in fields_of(spec)}
    assert shown | ELSEWHERE == set(StrategySpec.model_fields)


def test_a_key_nobody_thought_of_is_kept_as_json() -> None:
    document = {**load_strategy("ema-trend").document(), "novelty": {"a": 1}}
    (field,) = [field for field in fields_of(document) if field.key == "novelty"]
    assert field.kind is Kind.JSON
    assert changed_document(document, {"novelty": '{"a": 2}'})["novelty"] == {"a": 2}


@given(st.lists(st.lists(LINES, min_size=1, max_size=3), max_size=4))
def test_conditions_and_their_alternatives_read_back(groups: list[list[str]]) -> None:
    field = Field(key="entry_long", title="Enter long when", kind=Kind.CONDITIONS)
    value = groups if len(groups) > 1 else groups[0] if groups else []
    assert value_of(field, text_of(field, value)) == value


@given(st.floats(1e-6, 1e9))
def test_numbers_read_back_to_the_last_digit(number: float) -> None:
    field = Field(key="x", title="Number", kind=Kind.REAL)
    assert value_of(field, number_text(number)) == number


@given(st.integers(0, 2_000_000_000).map(lambda minutes: minutes % 50_000_000 * 60_000))
def test_moments_read_back_to_the_minute(at_ms: int) -> None:
    field = Field(key="from", title="From", kind=Kind.MOMENT)
    assert value_of(field, moment_text(at_ms)) == at_ms


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        (REAL, "", "Fee is empty; write a number from 0 to 100."),
        (REAL, "much", "Fee is 'much'; write a number from 0 to 100."),
        (REAL, "101", "Fee is '101'; write a number from 0 to 100."),
        (REAL, "nan", "Fee is 'nan'; write a number from 0 to 100."),
        (Field(key="x", title="Wait", kind=Kind.WHOLE), "1.5", "Wait is '1.5'; write a whole number."),
        (
            Field(key="x", title="From", kind=Kind.MOMENT),
            "1 March",
            "From is '1 March'; write a day like 2025-03-01 or a time like 2025-03-01 14:30, UTC.",
        ),
        (
            Field(key="x", title="Stop", kind=Kind.DISTANCE, choices=(("atr", "× ATR(14)"),)),
            "atr",
            "Stop has no value; write a number beside × ATR(14).",
        ),
        (
            Field(key="x", title="Sides", kind=Kind.CHOICE, choices=(("long", "Long only"),)),
            "up",
            "Sides is 'up'; choose one of Long only.",
        ),
    ],
)
def test_a_bad_text_is_one_sentence_with_the_next_step(field: Field, text: str, sentence: str) -> None:
    with pytest.raises(BadText) as refusal:
        value_of(field, text)
    assert str(refusal.value) == sentence


def test_an_empty_text_is_nothing_where_that_means_something() -> None:
    assert value_of(Field(key="x", title="Time stop", kind=Kind.WHOLE, blank="never"), " ") is None


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"leverage": "30"}, "leverage"),
        ({"stop_loss": "percent 40"}, "stop_loss"),
        ({"trailing_stop": "atr 0"}, "trailing_stop"),
        ({"session": "soon"}, "session"),
        ({"name": "x" * 81}, "name"),
        ({"entry_long": "", "entry_short": ""}, ""),
    ],
)
def test_the_engines_refusal_finds_its_field_and_takes_its_name(changes: dict[str, str], key: str) -> None:
    document = load_strategy("ema-trend").document()
    with pytest.raises(SigmaError) as refusal:
        read_spec(changed_document(document, changes))
    sentence = str(refusal.value)
    assert key_named(sentence, document) == key
    if key:
        field = next(field for field in fields_of(document) if field.key == key)
        assert with_title(sentence, field).startswith(field.title)


def test_conditions_are_explained_together_or_the_first_bad_one_is_named() -> None:
    told, refusal = meaning("rsi(14) crosses_below 30\nprice > ema(200)\nor\nadx(14) > 25")
    assert told == "RSI(14) crosses below 30, and the price is above the 200-candle EMA; or ADX(14) is above 25"
    assert not refusal
    told, refusal = meaning("rsi(14) <")
    assert not told
    assert "'rsi(14) <'" in refusal


def test_costs_as_in_the_settings_are_none_of_the_forms_business() -> None:
    assert cost_fields.costs_of(cost_fields.defaults()) is None
    assert cost_fields.shown(cost_fields.defaults()) == {"capital", "fees", "engine"}


@given(
    st.builds(
        CostChoice,
        taker_bps=st.floats(0, 100),
        maker_bps=st.none() | st.floats(0, 100),
        slippage_model=st.just(SlippageModel.VOLATILITY),
        slippage_bps=st.floats(0, 100),
        slippage_range_share=st.floats(0, 1),
        spread_bps=st.floats(0, 100),
        funding=st.booleans(),
        latency_bars=st.integers(0, 100),
    )
)
def test_costs_read_back_as_they_were(costs: CostChoice) -> None:
    texts = {**cost_fields.defaults(), "fees": cost_fields.OWN, **cost_fields.cost_texts(costs)}
    assert cost_fields.costs_of(texts) == costs


def test_a_download_is_asked_for_in_unified_names_and_utc() -> None:
    now_ms = BEGIN_MS + 100 * 86_400_000
    texts = {**download_fields.defaults(now_ms), "symbol": "eth", "since": "2025-01-01"}
    wanted = download_fields.request_of(texts, now_ms)
    assert (wanted.symbol, wanted.since_ms, wanted.until_ms) == ("ETH/USDT:USDT", BEGIN_MS, None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"symbol": "??"}, "'??' is no market"),
        ({"since": "2026-01-01"}, "in the future"),
        ({"since": "2025-02-01", "until": "2025-01-01"}, "Until is not after From"),
    ],
)
def test_a_download_that_cannot_be_is_refused(changes: dict[str, str], said: str) -> None:
    now_ms = BEGIN_MS + 100 * 86_400_000
    with pytest.raises(BadText, match=said.replace("?", r"\?")):
        download_fields.request_of({**download_fields.defaults(now_ms), **changes}, now_ms)
