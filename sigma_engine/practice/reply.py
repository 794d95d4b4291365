"""What goes out over the wire, and WEEX's envelope for everything it refuses."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

from sigma_engine.practice.nouns import Refusal

Json = Union[None, bool, int, str, "Mapping[str, Json]", "Sequence[Json]"]
"""What a body may hold; no floats: figures travel as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer: its status, its body as text and its headers."""

    status: int
    body: str
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> "Reply":
        """``value`` as compact JSON."""
        return cls(status=status, body=json.dumps(value, separators=(",", ":")), headers=headers or {})


def envelope(refusal: Refusal) -> Reply:
    """WEEX's ``{"code", "msg"}``: 401 for who is not known, 403 for who may not, 400 for the rest."""
    return Reply.of({"code": refusal.code, "msg": refusal.message}, _status(refusal.code))


def muted(reply: Reply) -> Reply:
    """``reply``, or where it refuses, the same refusal as WEEX's documents have it and ccxt does not see it."""
    if reply.status == 200 or not reply.body.startswith("{"):
        return reply
    said = {"success": False, "errorCode": "", "errorMessage": json.loads(reply.body)["msg"]}
    return Reply.of({"orderId": None, "clientOrderId": None, **said})


def _status(code: int) -> int:
    if code in (*range(-1044, -1039), -1046, -1047, -1049):
        return 401
    return 403 if code in (*range(-1053, -1049), *range(-1058, -1054), -1190, -3235, -3236) else 400
