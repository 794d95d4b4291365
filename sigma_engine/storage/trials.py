"""Trials in the database: none is ever forgotten as a try, however many results a person throws away."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Text, cast, func, insert, or_, select, update

from sigma_engine.domain.backtest import TrialSummary
from sigma_engine.storage.mapping import nouns, row_of, select_nouns
from sigma_engine.storage.trial_row import TrialRow

_SEARCHED = (TrialRow.strategy, TrialRow.symbols, TrialRow.note, TrialRow.source)
_ESCAPE = "\\"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredTrial:
    """A trial with everything beside its summary: the spec and the request as JSON, the result's bytes."""

    summary: TrialSummary
    document: str
    request: str
    result: bytes


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a family was tried, deleted runs included, and the Sharpe ratios that came out, where defined."""

    count: int
    sharpes: tuple[float, ...]


def add_trial(connection: Connection, trial: StoredTrial) -> int:
    """Keep ``trial`` under the next number, which is returned; the number in its summary is not looked at.

    One whose id or number another has taken meanwhile is refused, never passed over: a try must not get lost.
    """
    number = (connection.execute(select(func.max(TrialRow.number))).scalar_one() or 0) + 1
    kept = {"document": trial.document, "request": trial.request, "result": trial.result, "deleted": False}
    connection.execute(insert(TrialRow).values(row_of(trial.summary) | kept | {"number": number}))
    return number


def trials(connection: Connection, search: str) -> tuple[TrialSummary, ...]:
    """The trials whose results are kept, newest first.

    Each word of ``search``, in any case, stands in strategy, symbols, note or source.
    """
    query = select_nouns(TrialSummary, TrialRow).where(TrialRow.deleted.is_(False)).order_by(TrialRow.number.desc())
    for word in search.split():
        query = query.where(_mentions(word))
    return nouns(connection, TrialSummary, query)


def trial(connection: Connection, trial_id: str) -> StoredTrial | None:
    """A trial in full; None where there is none, or its result was deleted."""
    kept = (TrialRow.trial_id == trial_id, TrialRow.deleted.is_(False))
    summaries = nouns(connection, TrialSummary, select_nouns(TrialSummary, TrialRow).where(*kept))
    if not summaries:
        return None
    row = connection.execute(select(TrialRow.document, TrialRow.request, TrialRow.result).where(*kept)).one()
    return StoredTrial(summary=summaries[0], document=row.document, request=row.request, result=row.result or b"")


def tries(connection: Connection, family: str) -> Tries:
    """All trials of a family."""
    found = connection.execute(select(TrialRow.sharpe).where(TrialRow.family == family).order_by(TrialRow.number))
    sharpes = found.scalars().all()
    return Tries(len(sharpes), tuple(sharpe for sharpe in sharpes if sharpe is not None))


def annotate_trial(connection: Connection, trial_id: str, note: str) -> bool:
    """Replace the note of a trial; whether there is one."""
    there = (TrialRow.trial_id == trial_id, TrialRow.deleted.is_(False))
    return connection.execute(update(TrialRow).where(*there).values(note=note)).rowcount > 0


def delete_trial(connection: Connection, trial_id: str) -> bool:
    """Forget the result and the note of a trial, not that it was one; whether there was one."""
    there = (TrialRow.trial_id == trial_id, TrialRow.deleted.is_(False))
    gone = update(TrialRow).where(*there).values(deleted=True, result=None, note="")
    return connection.execute(gone).rowcount > 0


def _mentions(word: str) -> ColumnElement[bool]:
    """Whether a searched column holds ``word`` as it is, in any case."""
    literal = word.replace(_ESCAPE, _ESCAPE * 2).replace("%", _ESCAPE + "%").replace("_", _ESCAPE + "_")
    return or_(*(cast(column, Text).ilike(f"%{literal}%", escape=_ESCAPE) for column in _SEARCHED))
