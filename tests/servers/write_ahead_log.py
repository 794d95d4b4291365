"""SQLite's write-ahead log, read without SQLite."""

from pathlib import Path


def logged_pages(file: Path) -> tuple[int, dict[int, bytes]]:
    """The size of a page, and what the write-ahead log last says of each (sqlite.org/fileformat2.html#walformat)."""
    log = Path(f"{file}-wal").read_bytes()
    size, salt = int.from_bytes(log[8:12]), log[16:24]
    frames = range(32, len(log) - size - 23, size + 24)
    valid = [at for at in frames if log[at + 8 : at + 16] == salt]
    return size, {int.from_bytes(log[at : at + 4]): log[at + 24 : at + 24 + size] for at in valid}


def moved_pages(file: Path) -> tuple[int, int]:
    """How many of the log's pages the database's own file holds already, and how many there are."""
    size, pages = logged_pages(file)
    kept = file.read_bytes()
    return sum(kept[(page - 1) * size : page * size] == data for page, data in pages.items()), len(pages)
