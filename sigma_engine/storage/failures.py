"""What the database or the disk refused, as one sentence with a next step."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError, StatementError

from sigma_engine.errors import SigmaError, StorageError

_SENTENCES = {  # SQLite's primary result codes (sqlite.org/rescode.html)
    3: "{place} may not be written: give your account the right to, then start SIGMA again.",
    5: "{place} is held by another program: close what has it open, then try again.",
    6: "{place} is held by another program: close what has it open, then try again.",
    8: "{place} is read-only: make it writable, or choose another data folder.",
    10: "The disk that holds {place} failed ({detail}): check the disk, then start SIGMA again.",
    13: "The disk that holds {place} is full: free some space, then start SIGMA again.",
    14: "{place} cannot be opened: check the folder and its permissions, then start SIGMA again.",
}
_DAMAGED_CODES = (11, 26)


def damaged(place: str, detail: str) -> StorageError:
    """The refusal of a file that is no sound database."""
    return StorageError(
        f"{place} is damaged ({detail}): move it and the files beside it whose names begin the same way elsewhere "
        "to begin anew, or restore a backup."
    )


def explained(error: Exception, place: str) -> Exception:
    """What to tell the person about ``error``: our own errors as they are, the database's in our words."""
    cause = error.orig if isinstance(error, StatementError) else error
    if isinstance(cause, SigmaError):
        return cause
    if not isinstance(error, SQLAlchemyError):
        return error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    detail = " ".join(str(cause).split())
    if code in _DAMAGED_CODES:
        return damaged(place, detail)
    sentence = _SENTENCES.get(code, "{place} refused the data, nothing of it was kept: {detail}.")
    return StorageError(sentence.format(place=place, detail=detail))


@contextmanager
def explaining(place: str) -> Iterator[None]:
    """Raise the database's errors as `StorageError`."""
    try:
        yield
    except SQLAlchemyError as error:
        raise explained(error, place) from error
