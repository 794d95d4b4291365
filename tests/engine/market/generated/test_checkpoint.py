"""A checkpoint keeps every bit, and a damaged one is refused."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.errors import DataError
from sigma_engine.market.generated.checkpoint import Checkpoint
from sigma_engine.market.generated.coins import COINS
from sigma_engine.market.generated.dynamics import MarketState
from sigma_engine.market.generated.hour import HOUR_MS, MarketHour
from sigma_engine.market.generated.regime import MarketRegime

HOUR = 488_888
SMALL = st.floats(-300, 300)
LOG = st.floats(-1.5, 1.5)
LEVELS, LOGS = (st.tuples(*[each] * len(COINS)) for each in (SMALL, LOG))
STATES = st.builds(MarketState, st.sampled_from(MarketRegime), SMALL, SMALL, LOG, LEVELS, LOGS)


def note(state: MarketState) -> Checkpoint:
    hour = MarketHour.begin(3, HOUR, state)
    return Checkpoint.of(hour, HOUR * HOUR_MS + 62_000)


def sealed(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x} {body}"


@pytest.fixture
def text() -> str:
    still = (0.25,) * len(COINS)
    return note(MarketState(MarketRegime.CALM, 0.1, 0.2, 0.3, still, still)).text()


@given(STATES)
def test_what_is_read_back_is_what_was_written_bit_for_bit(state):
    written = note(state)
    read = Checkpoint.read(written.text())

    assert read == written
    assert read.market_hour().state == state


@given(st.data())
def test_a_note_with_any_character_changed_is_refused(data):
    still = (0.25,) * len(COINS)
    text = note(MarketState(MarketRegime.CALM, 0.1, 0.2, 0.3, still, still)).text()
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda character: character != text[at]))

    with pytest.raises(DataError, match="is damaged: begin a new demo run"):
        Checkpoint.read(text[:at] + other + text[at + 1 :])


@pytest.mark.parametrize("damaged", ["", "spam", "{}", "00000000 ", "00000000 {}"])
def test_what_is_no_note_is_refused(damaged):
    with pytest.raises(DataError, match="begin a new demo run"):
        Checkpoint.read(damaged)


def test_a_note_cut_off_is_refused(text):
    for length in range(len(text)):
        with pytest.raises(DataError, match="begin a new demo run"):
            Checkpoint.read(text[:length])


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"regime": "boring"},
        {"own_levels": [1.0]},
        {"factor": None},
        {"seed": -1},
        {"news": 1},
        {"at_ms": 7},
        {"at_ms": (HOUR + 2) * HOUR_MS},
    ],
)
def test_a_note_of_another_version_or_that_contradicts_itself_is_refused(text, change):
    body = json.loads(text.partition(" ")[2]) | change

    with pytest.raises(DataError, match="begin a new demo run"):
        Checkpoint.read(sealed(json.dumps(body)))
