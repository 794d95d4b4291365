"""`sigma-engine kill`: the kill switch, pressed from anywhere on this machine."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sigma_engine.command_line.options import AsJson, Home
from sigma_engine.command_line.output import write_document, write_text
from sigma_engine.domain.account import PRESSED_WHILE_IDLE, Drill, KillAnswer, KillRequest
from sigma_engine.errors import DataFolderBusy, DataFolderError, InputError, SigmaError
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.kill_requests import KillFiles

LOOK_S = 0.02
PATIENCE_S = 10.0
"""So long a session has to take the request: one that is being opened needs some seconds to."""
FLAT_S = 16.0
"""So long its figures are waited for; it gives up on them itself after 15."""
WHERE_TO_LIFT = "Lift the halt in the window of SIGMA: Settings, Safety, typing LIFT."

Flatten = Annotated[
    bool,
    typer.Option(
        "--flatten",
        help="Close every open position at market, too. Where no session runs, the next one with --mode live or paper "
        "does; a demo or replay in between leaves it waiting.",
    ),
]


@dataclass(frozen=True, slots=True)
class _Idle:
    """No session ran; the accounts whose halt was stored in its place."""

    halted: tuple[str, ...]


def kill(flatten: Flatten = False, json: AsJson = False, home: Home = None) -> None:
    """Press the kill switch of the session on a data folder: nothing more is opened, what waits is cancelled.

    Where none runs, its accounts are halted and the next session begins halted. There is no way back from here: a
    person lifts the halt in the window of SIGMA, Settings, Safety, by typing LIFT.
    """
    folder = DataFolder.locate(home)
    if not folder.root.is_dir():
        raise InputError(f"There is no data folder {folder.root}: give --home the one SIGMA was started with.")
    outcome = _press(folder, home, flatten)
    if json:
        write_document(_document(outcome, flatten))
    else:
        write_text(_sentence(outcome, flatten))


def _press(folder: DataFolder, home: Path | None, flatten: bool) -> KillAnswer | _Idle:
    """Leave the request, and wait until a session has taken it or it is sure that none runs."""
    files = KillFiles(folder.root)
    request = _asked(files, folder, flatten)
    until_s = time.monotonic() + PATIENCE_S
    while (answer := files.answered(request)) is None:
        if (idle := _halted_in_its_place(home)) is not None:
            return idle
        if time.monotonic() >= until_s:
            raise SigmaError(
                f"The SIGMA on {folder.root} did not take the kill switch within {PATIENCE_S:.0f} s: end it, and look "
                "at positions and orders on the exchange. The next session on this folder begins halted."
            )
        if files.waiting() is None:  # the session removed an older one at the very moment this took its place
            request = _asked(files, folder, flatten) if files.answered(request) is None else request
        time.sleep(LOOK_S)
    return _completed(lambda: files.answered(request), answer)


def _asked(files: KillFiles, folder: DataFolder, flatten: bool) -> KillRequest:
    try:
        return files.ask(flatten)
    except OSError as refused:
        raise DataFolderError(
            f"The kill switch could not be pressed, because {folder.root} cannot be written "
            f"({refused.strerror or refused}): press it in the window of SIGMA, or end the process."
        ) from None


def _completed(look: Callable[[], KillAnswer | None], answer: KillAnswer) -> KillAnswer:
    """The answer with the figures of the drill, as far as they come."""
    until_s = time.monotonic() + FLAT_S
    while answer.drill is None and time.monotonic() < until_s:
        time.sleep(LOOK_S)
        answer = look() or answer
    return answer


def _halted_in_its_place(home: Path | None) -> _Idle | None:
    """Halt the accounts of a folder that no session has; None where one has it."""
    try:
        with DataFolder.open(home, required_free_bytes=0) as folder:
            return _Idle(asyncio.run(_halt(folder)))
    except DataFolderBusy:
        return None


async def _halt(folder: DataFolder) -> tuple[str, ...]:
    from sigma_engine.command_line.kept import kept  # SQL takes its half second only now: the switch is pressed
    from sigma_engine.settings import load_settings

    if not folder.database.exists() and load_settings(folder.config).database_url is None:
        return ()
    async with kept(folder) as store:
        return await store.halt_all(PRESSED_WHILE_IDLE)


def _document(outcome: KillAnswer | _Idle, flatten: bool) -> dict[str, object]:
    if isinstance(outcome, _Idle):
        return {"running": False, "halted": outcome.halted, "flatten": flatten, "lift": WHERE_TO_LIFT}
    return {
        "running": True,
        "halted": (outcome.account,),
        "flatten": flatten,
        "halted_ms": outcome.halted_ms,
        "venue": outcome.venue,
        "held": outcome.held,
        "drill": outcome.drill,
        "lift": WHERE_TO_LIFT,
    }


def _sentence(outcome: KillAnswer | _Idle, flatten: bool) -> str:
    if isinstance(outcome, _Idle):
        count = len(outcome.halted)
        known = f" its account{' is' if count == 1 else 's are'} halted now, and" if count else ""
        closing = " and, live or paper, closes its open positions" if flatten else ""
        return (
            f"No SIGMA trades on this data folder:{known} the next session begins halted{closing}. "
            f"Orders and positions at an exchange stay as they are until then. {WHERE_TO_LIFT}"
        )
    where = f" at {outcome.venue}" if outcome.venue else ""
    parts = [f"SIGMA{where} is halted, {outcome.halted_ms} ms after the press; nothing more is opened."]
    parts += [_figures(outcome.drill, flatten), _held(outcome, flatten), WHERE_TO_LIFT]
    return " ".join(part for part in parts if part)


def _figures(drill: Drill | None, flatten: bool) -> str:
    if drill is None or drill.cancelled_ms is None:
        return "Not every waiting entry is known to be cancelled yet: look at the orders on the exchange."
    told = (
        f"Entries were stopped in {drill.entries_stopped_ms} ms, what waited was cancelled in {drill.cancelled_ms} ms"
    )
    return f"{told}, and all was closed in {drill.flat_ms} ms." if drill.flat_ms is not None else f"{told}."


def _held(outcome: KillAnswer, flatten: bool) -> str:
    if not outcome.held or (outcome.drill is not None and outcome.drill.flat_ms is not None):
        return ""
    named = ", ".join(outcome.held)
    if flatten:
        return f"{named} is not known to be closed yet: look at the positions on the exchange."
    return f"{named} stays open and managed; --flatten closes it."
