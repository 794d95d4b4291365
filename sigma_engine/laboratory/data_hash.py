"""A digest of the data a backtest ran on: equal digests are equal data, bit for bit."""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np

from sigma_engine.backtest.setup import Setup
from sigma_engine.domain.candle import Candles

_DIGEST_BYTES = 16


def data_hash(setup: Setup) -> str:
    """32 hexadecimal digits of every candle, 1m candle and funding rate of ``setup``, history included."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in _parts(setup):
        digest.update(len(part).to_bytes(8, "little"))  # so that no two parts can be cut differently
        digest.update(part)
    return digest.hexdigest()


def _parts(setup: Setup) -> Iterable[bytes]:
    yield setup.timeframe.encode()
    for name, series in (("candles", setup.series), ("minutes", setup.minutes)):
        yield name.encode()
        yield from _series_parts(series)
    yield b"funding"
    for symbol, rates in sorted(setup.funding.items()):
        yield symbol.encode()
        yield np.array(sorted(rates.items()), np.float64).astype("<f8").tobytes()


def _series_parts(series: Mapping[str, Candles]) -> Iterable[bytes]:
    for symbol, candles in sorted(series.items()):
        yield symbol.encode()
        stamps, *prices = candles.columns()
        yield stamps.astype("<i8", copy=False).tobytes()
        yield from (np.ascontiguousarray(column).astype("<f8", copy=False).tobytes() for column in prices)
