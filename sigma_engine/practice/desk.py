"""Takes a request as it came, checks who sent it and what it costs, and has it answered on the right floor."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sigma_engine.practice.account_rest import ACCOUNT_CALLS
from sigma_engine.practice.floor import Call, Floor, Need
from sigma_engine.practice.nouns import Refusal
from sigma_engine.practice.order_rest import ORDER_CALLS
from sigma_engine.practice.parameters import Parameters
from sigma_engine.practice.public_rest import PUBLIC_CALLS
from sigma_engine.practice.reply import Reply, envelope
from sigma_engine.practice.sandbox import SANDBOX_CALLS
from sigma_engine.practice.signature import Key, admit, may_trade
from sigma_engine.practice.spot_rest import SPOT_CALLS
from sigma_engine.practice.weights import Weights

CALLS = {**PUBLIC_CALLS, **SPOT_CALLS, **ACCOUNT_CALLS, **ORDER_CALLS, **SANDBOX_CALLS}
"""Everything the practice exchange answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came over the wire; ``target`` is path and query, byte for byte.

    ``at_ns`` is when its first bytes were read, by `time.perf_counter_ns`, which all processes of a machine share.
    """

    method: str
    path: str
    target: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]
    address: str
    at_ns: int = 0

    def given(self) -> Parameters:
        """What it asks for: the query, or for a POST the JSON object in its body; -1045, -1135 where that is none."""
        if self.method == "POST" and not self.headers.get("Content-Type", "").startswith("application/json"):
            raise Refusal(-1045, "Invalid Content-Type, please use application/json.")
        if self.method == "POST" or self.body:
            return Parameters({**self.query, **_object(self.body)})
        return Parameters(self.query)

    def signed(self) -> str:
        """What its signature is of, behind the time."""
        return self.method + self.target + self.body.decode(errors="replace")

    def told(self) -> Mapping[str, object]:
        """The same for the record, empty where it cannot be read."""
        try:
            return self.given().values
        except Refusal:
            return {}


class Desk:
    """Answers one request at a time; a refusal is an answer too."""

    def __init__(self, floor: Floor, demo: Floor | None, keys: Sequence[Key], weights: Weights | None) -> None:
        self._floor, self._demo, self._keys, self._weights = floor, demo, keys, weights

    def answer(self, asked: Asked) -> Reply:
        """The reply, having done what was asked."""
        call = CALLS.get((asked.method, asked.path))
        refused = self._charge(asked.address, call.weight.address if call else 1)
        if refused is not None:
            return refused
        try:
            return self._unknown(asked) if call is None else self._done(call, asked)
        except Refusal as refusal:
            return envelope(refusal)

    def _done(self, call: Call, asked: Asked) -> Reply:
        if call.need is not Need.NOTHING:
            key = admit(asked.headers, asked.signed(), self._keys, self._floor.now_ms())
            refused = self._charge(key.key, call.weight.key)
            if refused is not None:
                return refused
            if call.need is Need.A_TRADING_KEY:
                may_trade(key)
        return Reply.of(call.answer(self._on(call), asked.given()))

    def _on(self, call: Call) -> Floor:
        if not call.demo:
            return self._floor
        if self._demo is None:
            raise Refusal(-3236, "No permission to access this API: this exchange has no demo account.")
        return self._demo

    def _charge(self, who: str, points: int) -> Reply | None:
        return self._weights.charge(who, points, self._floor.now_ms()) if self._weights and points else None

    def _unknown(self, asked: Asked) -> Reply:
        if any(path == asked.path for _, path in CALLS):
            raise Refusal(-1150, f"Request method '{asked.method}' not supported")
        return Reply(status=404, body="404 page not found", content_type="text/plain")


def _object(body: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(body, parse_float=str)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refusal(-1135, "Invalid JSON request.")
    return value
