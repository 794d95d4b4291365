"""Hostile texts are received well; `make campaign` sends many more of them."""

import pytest

from sigma_engine.errors import SpecError
from sigma_engine.strategy.expression import MAX_LENGTH
from sigma_engine.strategy.expression_samples import hostile_texts, read_whole, slowest_expression_ms
from tests.campaigns.expressions import complaint


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_crashes_and_every_refusal_says_where_and_why(seed: int) -> None:
    found = {text: wrong for text in hostile_texts(seed, 1500) if (wrong := complaint(text))}
    assert found == {}


def test_a_seed_always_gives_the_same_texts() -> None:
    assert list(hostile_texts(4, 60)) == list(hostile_texts(4, 60))
    assert list(hostile_texts(4, 60)) != list(hostile_texts(5, 60))


def test_they_are_honest_broken_and_hostile() -> None:
    texts = list(hostile_texts(6, 3000))
    outcomes = [is_read(text) for text in texts]
    assert 300 < sum(outcomes) < 2400
    assert any(len(text) > MAX_LENGTH for text in texts)
    assert any("__import__" in text for text in texts)
    assert any("\x00" in text for text in texts)
    assert any("\ud800" <= character <= "\udfff" for text in texts for character in text)


def is_read(text: str) -> bool:
    try:
        read_whole(text)
    except SpecError:
        return False
    return True


def test_the_slowest_is_measured_in_milliseconds() -> None:
    assert slowest_expression_ms(12, seed=1) > 0
    assert slowest_expression_ms(0, seed=1) == 0
