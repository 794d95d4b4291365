"""The stationary block bootstrap against its moments, and its repeatability."""

import numpy as np
import pytest

from sigma_engine.kernels import barriers
from sigma_engine.kernels.bootstrap import BlockBootstrap


def filled(surprises: np.ndarray, bars: int = 12) -> BlockBootstrap:
    blocks = BlockBootstrap(bars)
    for surprise in surprises:
        blocks.push(float(surprise))
    return blocks


def quantiles(blocks: BlockBootstrap, seed: int) -> list[float]:
    blocks.draw(seed)
    return [blocks.quantile(p) for p in (0.025, 0.15, 0.5, 0.85, 0.975)]


def test_independent_surprises_give_the_normal_bands() -> None:
    samples = np.random.default_rng(1).standard_normal((30, 1000))
    said = np.mean([quantiles(filled(sample), seed) for seed, sample in enumerate(samples)], axis=0)
    assert said == pytest.approx([-1.96, -1.036, 0, 1.036, 1.96], abs=0.06)


def test_blocks_keep_the_reversal_that_single_draws_lose() -> None:
    noise = np.random.default_rng(2).standard_normal(1001)
    reverting = (noise[1:] - 0.5 * noise[:-1]) / np.sqrt(1.25)
    said = np.mean([quantiles(filled(reverting), seed) for seed in range(20)], axis=0)
    assert said[3] < 0.85


def test_the_mean_of_the_surprises_is_no_drift() -> None:
    surprises = np.random.default_rng(3).standard_normal(1000)
    assert quantiles(filled(surprises + 0.7), 5) == pytest.approx(quantiles(filled(surprises), 5), abs=1e-12)


def test_the_same_candle_gives_the_same_paths_and_another_gives_others() -> None:
    blocks = filled(np.random.default_rng(4).standard_normal(400))
    assert quantiles(blocks, 7) == quantiles(blocks.copy(), 7)
    assert quantiles(blocks, 7) != quantiles(blocks, 8)


def test_the_place_of_an_outcome_is_its_share_of_paths() -> None:
    blocks = filled(np.random.default_rng(5).standard_normal(1000))
    blocks.draw(1)
    blocks, drawn_later = blocks.copy(), blocks
    drawn_later.draw(2)
    for p in (0.05, 0.5, 0.9):
        assert blocks.place(blocks.quantile(p)) == pytest.approx(p, abs=0.002)
    assert blocks.place(99.0) > 0.999
    assert blocks.place(-99.0) < 0.001


@pytest.mark.parametrize(("up", "down"), [(0.006, 0.004), (0.003, 0.009), (0.005, 0.005)])
def test_touches_on_independent_surprises_are_the_closed_form(up: float, down: float) -> None:
    samples = np.random.default_rng(7).standard_normal((12, 1000))
    found = []
    for seed, sample in enumerate(samples):
        blocks = filled((sample - sample.mean()) / sample.std())
        found.append((blocks.touch(up, down, 0.0015, 24, seed), blocks.other))
    expected = barriers.first(up, down, 0, 0.0015, 24), barriers.first(down, up, 0, 0.0015, 24)
    assert np.mean(found, axis=0) == pytest.approx(expected, abs=0.02)


def test_below_fifty_surprises_nothing_is_drawn() -> None:
    blocks = filled(np.random.default_rng(6).standard_normal(49))
    assert quantiles(blocks, 1) == [0.0] * 5
