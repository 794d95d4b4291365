"""The bytes of a candle file, unpacked, or one sentence why there are none."""

import gzip
import zlib
from pathlib import Path

from sigma_engine.errors import DataError

_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"


def read_content(path: Path) -> bytes:
    """All of the file, gzip unpacked.

    Raises `DataError` for a missing file, a folder, one that may not be read, is empty, cut off or a zip archive.
    """
    packed = _read(path)
    if not packed:
        raise DataError(f"{path} is empty: download it again.")
    if packed.startswith(_ZIP):
        raise DataError(f"{path} is a zip archive: unpack it and give the CSV inside.")
    if packed.startswith(_GZIP):
        return _unpacked(path, packed)
    if path.suffix == ".gz":
        raise DataError(f"{path} ends in .gz but is not gzip: rename it to what it is, or download it again.")
    return packed


def is_parquet(content: bytes) -> bool:
    """Whether the bytes are a Parquet file's."""
    return content.startswith(_PARQUET)


def as_text(path: Path, content: bytes) -> str:
    """The bytes as text with plain line ends; raises `DataError` where they are not UTF-8 text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path} is not UTF-8 text: save it as CSV in UTF-8, or give the Parquet file.") from None
    if "\0" in text:
        raise DataError(f"{path} holds binary data, not CSV: give a CSV, CSV.gz or Parquet file of candles.")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise DataError(f"{path} is a folder: name the candle files in it.")
    if not path.exists():
        raise DataError(f"{path} does not exist: check the name and the folder.")
    if not path.is_file():
        raise DataError(f"{path} is not an ordinary file: give a CSV, CSV.gz or Parquet file of candles.")
    try:
        return path.read_bytes()
    except OSError as problem:
        raise DataError(f"{path} cannot be read ({problem.strerror}): check its permissions.") from problem


def _unpacked(path: Path, packed: bytes) -> bytes:
    try:
        content = gzip.decompress(packed)
    except (EOFError, OSError, zlib.error) as problem:
        raise DataError(f"{path} is damaged or was cut off while it was written: download it again.") from problem
    if not content:
        raise DataError(f"{path} is empty inside: download it again.")
    return content
