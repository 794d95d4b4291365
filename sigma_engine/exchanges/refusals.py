"""What a venue's refusal means, and whether asking again may help; ccxt's classes alone do not tell."""

import ssl
from collections.abc import Iterator
from typing import Any

from ccxt.base import errors as ccxt_errors

from sigma_engine.errors import SigmaError, UnknownSymbol, VenueError
from sigma_engine.exchanges.profiles import VenueProfile

UNREADABLE = (TypeError, ValueError, LookupError, AttributeError)
"""What ccxt raises while it takes an answer apart that is not in the venue's form."""

LONGEST_PAUSE_S = 60.0
_PAUSES_S = (1.0, 2.0, 4.0, 8.0)
_NEVER_AGAIN = {400, 401, 403, 404, 405, 407, 410, 418, 422, 451}
_MOST_WORDS = 160


def pause_s(error: Exception, attempt: int) -> float | None:
    """Seconds to wait before ``attempt`` (from 0) is made again, None where it would not help.

    A plain `ExchangeError` may be anything, a full queue too, and reading is harmless to repeat. A venue that names
    a time (Retry-After) is obeyed up to a minute.
    """
    if attempt >= len(_PAUSES_S) or not _may_pass(error):
        return None
    asked = _retry_after_s(error)
    return None if asked > LONGEST_PAUSE_S else max(asked, _PAUSES_S[attempt])


def explained(profile: VenueProfile, error: Exception, subject: str) -> SigmaError:
    """The refusal as one sentence with the next step; ``subject`` is what was asked for, "BTC/USDT 5m candles"."""
    title, status = profile.title, _status(error)
    if isinstance(error, ccxt_errors.BadSymbol):
        return UnknownSymbol(f"{title} does not know {subject}: choose another symbol.")
    if status in (418, 429) or isinstance(error, ccxt_errors.DDoSProtection | ccxt_errors.RateLimitExceeded):
        return VenueError(f"{title} takes no more questions from this network{_wait(error)}: download again later.")
    if isinstance(error, ccxt_errors.RestrictedLocation) or status in (401, 403, 451):
        return VenueError(
            f"{title} does not serve this network{_with(status)}, perhaps because of its location: "
            "choose another exchange."
        )
    if isinstance(error, ccxt_errors.OnMaintenance) or status in (502, 503):
        return VenueError(f"{title} is under maintenance or overloaded{_with(status)}: download again later.")
    if any(isinstance(cause, ssl.SSLError) for cause in causes(error)):
        return VenueError(
            f"{title} has no certificate this machine trusts: check the machine's clock, and what filters its network."
        )
    if isinstance(error, ccxt_errors.RequestTimeout):
        return VenueError(f"{title} did not answer in time: check the network connection, or download again later.")
    if isinstance(error, (UNREADABLE, ccxt_errors.BadResponse)):
        return VenueError(f"{title} answered with something SIGMA cannot read: download again later.")
    if isinstance(error, ccxt_errors.NetworkError) and status is None:
        return VenueError(f"{title} cannot be reached: check the network connection, then download again.")
    return VenueError(f"{title} refused to give {subject} ({_words(error)}): download again later.")


def _may_pass(error: Exception) -> bool:
    if isinstance(error, UNREADABLE):
        return True
    if _status(error) in _NEVER_AGAIN or isinstance(error, ccxt_errors.OnMaintenance):
        return False
    return isinstance(error, ccxt_errors.OperationFailed) or type(error) is ccxt_errors.ExchangeError


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _response(error: Exception) -> Any:
    """The HTTP answer behind the error, None where there was none."""
    answers = (getattr(cause, "response", None) for cause in causes(error))
    return next((answer for answer in answers if answer is not None), None)


def _status(error: Exception) -> int | None:
    response = _response(error)
    return None if response is None else int(response.status_code)


def _retry_after_s(error: Exception) -> float:
    response = _response(error)
    text = "" if response is None else str(response.headers.get("Retry-After", ""))
    return float(text) if text.isdecimal() else 0.0


def _wait(error: Exception) -> str:
    seconds = _retry_after_s(error)
    return f" for {seconds:.0f} seconds" if seconds else ""


def _with(status: int | None) -> str:
    return "" if status is None else f" (HTTP {status})"


def _words(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= _MOST_WORDS else text[:_MOST_WORDS] + "…"
