"""What became of a question or an order, by SIGMA's own table; ccxt's classes alone do not tell.

An order is refused only where the exchange's code proves it, not sent only where no connection came about, taken only
where the exchange names it. Everything else is unknown: plain errors, pages of HTML, empty answers, silence.
"""

import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any

import aiohttp
from ccxt.base import errors as ccxt_errors

from sigma_engine.domain.order import Order
from sigma_engine.errors import KeysRefused, VenueBusy, VenueClosed, VenueError, VenueUnreachable
from sigma_engine.exchanges.complaints import Complaint, Ground, certain
from sigma_engine.exchanges.http_session import Answer, SpoiltConnection
from sigma_engine.exchanges.refusals import causes
from sigma_engine.execution.gateway import Acknowledged, NotSent, Outcome, Refused, Unknown

NO_CONNECTION = (aiohttp.ClientConnectorError, SpoiltConnection, aiohttp.ConnectionTimeoutError, socket.gaierror)
"""What is raised before a byte of a request left."""

TOO_MANY, BANNED = 429, 418
_SILENCE_MS = {TOO_MANY: 10_000, BANNED: 300_000}
_CLOSED = (502, 503, 521, 523)
_MOST_WORDS = 160
BY_ITSELF = "by itself."
"""How every sentence ends whose next step is SIGMA's own."""


def outcome(title: str, order: Order, answer: Answer, error: BaseException | None) -> Outcome:
    """What became of ``order`` after ``answer`` came back, or ``error`` was raised instead."""
    if answer.status is None:
        return _unanswered(title, answer, error)
    said = document(answer)
    if not isinstance(said, Mapping):
        return Unknown(reason=f"{title} answered with something SIGMA cannot read (HTTP {answer.status}).")
    complaint = certain(*said_code(said), denied=said.get("success") is False)
    if complaint is not None and answer.status < 500 and said.get("success") is not True:
        return Refused(reason=f"{title} {complaint.words}", would_trigger=complaint.would_trigger)
    if answer.status in (200, 201) and _takes(said, order):
        return Acknowledged(venue_id=str(said["orderId"]))
    return Unknown(reason=f"{title} did not say whether it has the order ({words(answer)}).")


def refusal(title: str, subject: str, answer: Answer, error: BaseException | None, now_ms: int) -> VenueError:
    """Why a question got no answer, as one sentence with the next step; ``subject`` is what was asked for."""
    if answer.status is None:
        return _silent(title, subject, error)
    if (silence_ms := wants_silence_ms(answer)) is not None:
        until_ms = now_ms + silence_ms
        return VenueBusy(
            f"{title} takes no more questions for {silence_ms / 1000:.0f} s: SIGMA waits and asks again by itself.",
            until_ms,
        )
    if is_closed(answer):
        return VenueClosed(
            f"{title} is under maintenance or overloaded (HTTP {answer.status}): SIGMA asks again by itself."
        )
    said = document(answer)
    complaint = certain(*said_code(said)) if isinstance(said, Mapping) else None
    if complaint is not None:
        return _complained(title, complaint)
    if not isinstance(said, Mapping | list):
        return VenueError(
            f"{title} answered {subject} with something SIGMA cannot read (HTTP {answer.status}): "
            "SIGMA asks again by itself."
        )
    return VenueError(f"{title} did not give {subject} ({words(answer)}): SIGMA asks again by itself.")


def left_to_people(refused: VenueError, then: str, address: str | None = None) -> VenueError:
    """The same where nobody asks again by itself: ``then`` is what the person does in SIGMA's place.

    ``address`` is that of a practice exchange in the exchange's place.
    """
    if address is not None and isinstance(refused, VenueUnreachable):
        return VenueError(
            f"Nothing answers at {address}: start the practice exchange there (sigma-engine exchange serve), "
            f"then {then}."
        )
    reason, _, step = str(refused).rpartition(": ")
    if not reason or not step.endswith(BY_ITSELF):
        return refused
    if isinstance(refused, VenueBusy):
        before = "wait that long"
    elif step.startswith("check "):
        before = step.partition(";")[0]
    else:
        before = "wait some minutes"
    return VenueError(f"{reason}: {before}, then {then}.")


def wants_silence_ms(answer: Answer) -> int | None:
    """For how long the exchange wants to hear nothing; None where it does not mind."""
    status = answer.status
    said = document(answer)
    if status not in _SILENCE_MS and isinstance(said, Mapping) and str(said.get("code")) in ("429", "418"):
        status = int(str(said["code"]))
    if status not in _SILENCE_MS:
        return None
    assert status is not None
    return _SILENCE_MS[status] if answer.retry_after_ms is None else answer.retry_after_ms


def is_closed(answer: Answer) -> bool:
    """Whether it says that it is under maintenance, or nobody is behind its door."""
    if answer.status in _CLOSED:
        return True
    said = document(answer)
    return isinstance(said, Mapping) and "maintenance" in said_code(said)[1].lower()


def document(answer: Answer) -> Any:
    """The body read as JSON, fractions as text; None where it is none."""
    try:
        return json.loads(answer.body, parse_float=str)
    except ValueError:
        return None


def said_code(said: Mapping[str, Any]) -> tuple[str | None, str]:
    """The code of a refusal and its words, wherever WEEX puts them; (None, "") where it refuses nothing."""
    code = next((said[name] for name in ("errorCode", "code") if said.get(name) not in (None, "", "200", 200, 0)), None)
    text = " ".join(str(said[name]) for name in ("msg", "errorMessage", "errorMsg") if said.get(name))
    return None if code is None else str(code), "" if text == "success" else text


def words(answer: Answer) -> str:
    """What came back, shortened for people."""
    said = document(answer)
    if isinstance(said, Mapping):
        code, text = said_code(said)
        told = " ".join(part for part in (code, text) if part) or f"HTTP {answer.status} without an order"
    else:
        told = f"HTTP {answer.status}"
    told = " ".join(told.split())
    return told if len(told) <= _MOST_WORDS else told[:_MOST_WORDS] + "…"


def expired(answer: Answer) -> bool:
    """Whether the exchange says that the request came too late: our clock is wrong."""
    said = document(answer)
    return isinstance(said, Mapping) and said_code(said)[0] in ("-1046", "-1043")


def keys_lack_right(said: Mapping[str, Any]) -> bool:
    """Whether it refuses because of what the keys may do."""
    complaint = certain(*said_code(said))
    return complaint is not None and complaint.ground is Ground.KEYS


def _takes(said: Mapping[str, Any], order: Order) -> bool:
    """Whether it is the answer to this order, and says that the exchange has it."""
    if said.get("success") is False or said_code(said) != (None, ""):
        return False
    named = said.get("clientOrderId") or said.get("clientAlgoId")
    return said.get("orderId") not in (None, "", 0, "0") and named in (None, "", order.client_id)


def _unanswered(title: str, answer: Answer, error: BaseException | None) -> Outcome:
    if not answer.signed:
        return NotSent(reason=f"The order for {title} could not be written: report it.")
    if any(isinstance(cause, NO_CONNECTION) for cause in causes(error)):
        return NotSent(reason=f"{title} cannot be reached: check the network connection.")
    if isinstance(error, TimeoutError | ccxt_errors.RequestTimeout):
        return Unknown(reason=f"{title} did not answer in time: the order may have arrived.")
    return Unknown(reason=f"The connection to {title} broke while the order was on its way.")


def _silent(title: str, subject: str, error: BaseException | None) -> VenueError:
    reasons = list(causes(error))
    if any(isinstance(cause, ssl.SSLError | aiohttp.ClientSSLError) for cause in reasons):
        return VenueError(
            f"{title} has no certificate this machine trusts: check the machine's clock, and what filters its network."
        )
    if any(isinstance(cause, NO_CONNECTION) for cause in reasons):
        return VenueUnreachable(
            f"{title} cannot be reached: check the network connection; SIGMA tries again by itself."
        )
    if any(isinstance(cause, TimeoutError | ccxt_errors.RequestTimeout) for cause in reasons):
        return VenueError(f"{title} did not answer {subject} in time: SIGMA asks again by itself.")
    return VenueError(f"The connection to {title} broke over {subject}: SIGMA asks again by itself.")


def _complained(title: str, complaint: Complaint) -> VenueError:
    kind = KeysRefused if complaint.ground is Ground.KEYS else VenueError
    return kind(f"{title} {complaint.words}")
