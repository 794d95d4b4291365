"""Compiled and interpreted kernels are one set of numbers, and it is clear which of the two runs."""

import os
import runpy
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import numpy as np
import pytest

from sigma_engine import kernels
from sigma_engine.domain.candle import Candles

ROOT = Path(kernels.__file__).parents[2]
NUMBERS = Path(__file__).with_name("mode_numbers.py")


def jumpy_candles() -> Candles:
    rng = np.random.default_rng(3)
    close = 6e4 + 0.1 * np.cumsum(rng.integers(-200, 200, 600) * (rng.random(600) < 0.7))
    open_ = np.concatenate([[6e4], close[:-1]])
    high = np.maximum(open_, close) + 0.1 * rng.integers(0, 90, 600)
    low = np.minimum(open_, close) - 0.1 * rng.integers(0, 90, 600)
    volume = rng.lognormal(0, 1, 600) * (rng.random(600) < 0.9)
    high[300], volume[444] = np.inf, np.nan  # no candles, passed over
    return Candles(1_750_000_000_000 + np.arange(600, dtype=np.int64) * 300_000, open_, high, low, close, volume)


@pytest.mark.skipif(not kernels.compiled(), reason="no kernel is compiled here: python setup.py build_ext --inplace")
def test_interpreted_kernels_give_the_bits_of_the_compiled_ones(tmp_path: Path) -> None:
    candles, given, answer = jumpy_candles(), tmp_path / "candles.npz", tmp_path / "answer.npz"
    np.savez(given, *candles.columns())
    environment = os.environ | {"SIGMA_KERNELS": "interpreted", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", str(NUMBERS), str(given), str(answer)]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    compiled, interpreted = runpy.run_path(str(NUMBERS)), np.load(answer)
    for name in ("readings", "decisions"):
        np.testing.assert_array_equal(interpreted[name], compiled[name](candles))
    assert {-1, 0, 1} <= set(interpreted["decisions"][600:1200])


def test_no_extension_is_older_than_its_source() -> None:
    assert kernels.stale() == (), "build again: python setup.py build_ext --inplace"


def kernel_file(folder: Path, name: str, modified_s: int) -> None:
    (folder / name).touch()
    os.utime(folder / name, (modified_s, modified_s))


def test_a_kernel_changed_since_its_build_is_named(tmp_path: Path) -> None:
    for name, built_s in (("fresh", 300), ("old", 100)):
        kernel_file(tmp_path, f"{name}.py", 200)
        kernel_file(tmp_path, f"{name}.pxd", 50)
        kernel_file(tmp_path, name + EXTENSION_SUFFIXES[0], built_s)
    assert kernels.stale(tmp_path) == ("sigma_engine.kernels.old",)


def test_a_kernel_never_built_is_missing_and_a_plain_module_is_not(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    kernel_file(tmp_path / "inner", "bare.py", 200)
    kernel_file(tmp_path / "inner", "bare.pxd", 200)
    kernel_file(tmp_path, "plain.py", 200)
    assert kernels.missing(tmp_path) == ("sigma_engine.kernels.inner.bare",)
    assert kernels.stale(tmp_path) == ()
