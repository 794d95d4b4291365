"""A kill switch pressed from another process: a file in the data folder, and the answer beside it."""

import json
import logging
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sigma_engine.clock import system_ms
from sigma_engine.domain.account import Drill, KillAnswer, KillRequest

log = logging.getLogger(__name__)

REQUEST, ANSWER = "kill.request", "kill.answer"


class KillFiles:
    """Implements `session.ports.KillRequests` in a folder; a request nobody took waits there for the next session.

    Whatever file bears the request's name is one, readable or not: stopping needlessly does less harm than going on.
    """

    def __init__(self, folder: Path) -> None:
        self._request, self._answer = folder / REQUEST, folder / ANSWER

    def ask(self, flatten: bool) -> KillRequest:
        """Press it; who asked before, and for more, is not forgotten. Raises `OSError` where it cannot be written.

        It is later than whatever was asked or answered before, even where the clock was set back since.
        """
        before = self.waiting()
        known_ms = max(_pressed_ms(_read(self._answer)), 0 if before is None else before.pressed_ms)
        request = KillRequest(
            pressed_ms=max(system_ms(), known_ms + 1), flatten=flatten or (before is not None and before.flatten)
        )
        _write(self._request, asdict(request))
        return request

    def waiting(self) -> KillRequest | None:
        """The request nobody obeyed yet."""
        if not self._request.exists():
            return None
        said = _read(self._request)
        return KillRequest(pressed_ms=_pressed_ms(said), flatten=said.get("flatten") is True)

    def answer(self, answer: KillAnswer) -> None:
        """Say what was done; where that cannot be written the halt is none the less stored."""
        try:
            _write(self._answer, asdict(answer))
        except OSError as refused:
            log.warning("the answer to the kill switch could not be written: %s", refused)

    def answered(self, request: KillRequest) -> KillAnswer | None:
        """What a session did with ``request``, or with a later one that took its place; None while none did."""
        said = _read(self._answer)
        try:
            drill = said["drill"] and Drill(**said["drill"])
            answer = KillAnswer(**said | {"drill": drill, "held": tuple(said["held"])})
            return answer if answer.pressed_ms >= request.pressed_ms else None
        except (KeyError, TypeError, ValueError):
            return None

    def take_away(self, obeyed: KillRequest) -> bool:
        """Remove a request whose halt is stored; a newer one stays. Whether ``obeyed`` is gone."""
        if self.waiting() != obeyed:
            return True
        try:
            self._request.unlink(missing_ok=True)
        except OSError as refused:
            log.warning("the request to press the kill switch could not be removed: %s", refused)
            return False
        return True


def _pressed_ms(said: dict[str, Any]) -> int:
    pressed_ms = said.get("pressed_ms")
    return pressed_ms if isinstance(pressed_ms, int) else 0


def _write(path: Path, document: dict[str, Any]) -> None:
    """All of it or nothing: who reads never sees half a file."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(document), "utf-8")
    os.replace(beside, path)


def _read(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
