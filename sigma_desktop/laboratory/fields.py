"""Form fields without a window: each is a text that a person edits and a value that a document holds."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import Any

from sigma_engine import as_datetime

NONE = "none"
YES, NO = "yes", "no"
OR = "or"
"""A line of its own between conditions: those above or those below."""

_MOMENTS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")


class BadText(Exception):
    """A text that is no value of its field; the message is one sentence that ends with the next step."""


class Kind(Enum):
    """What a field holds, and with that how it is edited."""

    TEXT = auto()
    WHOLE = auto()
    REAL = auto()
    CHOICE = auto()
    FLAG = auto()
    DISTANCE = auto()
    """A type and a value: ``atr 1.5``; ``none`` has no value."""
    CONDITIONS = auto()
    """One condition a line, all hold; a line ``or`` begins an alternative."""
    MOMENT = auto()
    """A day or a minute, UTC; its value is in milliseconds."""
    JSON = auto()
    FILES = auto()
    """Paths, one a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field; ``key`` is its path in the document, ``blank`` what an empty text stands for, in words.

    A field without ``blank`` must be filled. ``choices`` are ``(value, words)``: of a `CHOICE`, or the types of a
    `DISTANCE`. ``low`` and ``high`` are bounds that are checked here; others are the engine's to check.
    """

    key: str
    title: str
    kind: Kind
    group: str = ""
    unit: str = ""
    hint: str = ""
    blank: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    low: float | None = None
    high: float | None = None


def value_of(field: Field, text: str) -> Any:
    """What ``text`` stands for in a document; raises `BadText`."""
    text = text.strip()
    if field.kind is Kind.CONDITIONS:
        return _groups(text)
    if not text:
        if field.blank is None:
            raise BadText(f"{field.title} is empty; {_wanted(field)}.")
        return None
    return _READERS[field.kind](field, text)


def text_of(field: Field, value: Any) -> str:
    """The text that stands for ``value``; `value_of` reads it back."""
    if field.kind is Kind.CONDITIONS:
        return _condition_lines(value or ())
    if field.kind is Kind.DISTANCE:
        return _distance_text(value)
    if value is None:
        return ""
    if field.kind is Kind.FLAG:
        return YES if value else NO
    if field.kind is Kind.MOMENT:
        return moment_text(value)
    if field.kind is Kind.JSON:
        return json.dumps(value)
    return number_text(value) if isinstance(value, float) else str(value)


def number_text(value: float) -> str:
    """Every digit that matters and no more: ``2``, ``0.25``."""
    return str(int(value)) if value == int(value) else repr(value)


def moment_text(at_ms: int) -> str:
    """``2025-03-01``, with the time of day where it is not midnight, UTC."""
    moment = as_datetime(at_ms)
    return f"{moment:%Y-%m-%d}" if at_ms % 86_400_000 == 0 else f"{moment:%Y-%m-%d %H:%M}"


def look_up(document: Mapping[str, Any], key: str) -> Any:
    """The value at the path ``key``, None where the way to it ends."""
    found: Any = document
    for step in key.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def put(document: dict[str, Any], key: str, value: Any) -> None:
    """Set the value at the path ``key``; what stands beside it stays."""
    *way, last = key.split(".")
    for step in way:
        document[step] = dict(document.get(step) or {})
        document = document[step]
    document[last] = value


def _wanted(field: Field) -> str:
    match field.kind:
        case Kind.WHOLE | Kind.REAL:
            return f"write {'a whole number' if field.kind is Kind.WHOLE else 'a number'}{_bounds(field)}"
        case Kind.MOMENT:
            return "write a day like 2025-03-01 or a time like 2025-03-01 14:30, UTC"
        case _:
            return "write something"


def _bounds(field: Field) -> str:
    low, high = (
        None if bound is None else f"{bound:,g}" if bound < 1e6 else f"{bound:,.0f}"
        for bound in (field.low, field.high)
    )
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f" of at least {low}" if low is not None else f" of at most {high}" if high is not None else ""


def _number(field: Field, text: str) -> float:
    try:
        number = float(text.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        number = math.nan
    is_fit = math.isfinite(number) and (field.kind is Kind.REAL or number == int(number))
    is_within = (field.low is None or number >= field.low) and (field.high is None or number <= field.high)
    if not (is_fit and is_within):
        raise BadText(f"{field.title} is {text[:24]!r}; {_wanted(field)}.")
    return number


def _whole(field: Field, text: str) -> int:
    return int(_number(field, text))


def _choice(field: Field, text: str) -> str:
    if text not in dict(field.choices):
        words = ", ".join(word for _, word in field.choices)
        raise BadText(f"{field.title} is {text[:24]!r}; choose one of {words}.")
    return text


def _distance(field: Field, text: str) -> dict[str, Any] | None:
    kind, _, number = text.partition(" ")
    if _choice(field, kind) == NONE:
        return {"type": NONE}
    if not number.strip():
        raise BadText(f"{field.title} has no value; write a number beside {dict(field.choices)[kind]}.")
    plain = Field(key=field.key, title=field.title, kind=Kind.REAL)
    return {"type": kind, "value": _number(plain, number.strip())}


def _moment(field: Field, text: str) -> int:
    for form in _MOMENTS:
        try:
            return int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp() * 1000)
        except ValueError:
            continue
    raise BadText(f"{field.title} is {text[:24]!r}; {_wanted(field)}.")


def _json(field: Field, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadText(f"{field.title} is no JSON that can be read ({error}); mend it or reset it.") from None


def _files(field: Field, text: str) -> tuple[Path, ...]:
    files = tuple(Path(line) for line in text.splitlines())
    for path in files:
        if not path.is_file():
            raise BadText(f"{path.name}, one of the {field.title}, is not there any more; choose the files again.")
    return files


_READERS: dict[Kind, Callable[[Field, str], Any]] = {
    Kind.TEXT: lambda _field, text: text,
    Kind.WHOLE: _whole,
    Kind.REAL: _number,
    Kind.CHOICE: _choice,
    Kind.FLAG: lambda _field, text: text == YES,
    Kind.DISTANCE: _distance,
    Kind.MOMENT: _moment,
    Kind.JSON: _json,
    Kind.FILES: _files,
}


def _distance_text(value: Mapping[str, Any] | None) -> str:
    if value is None or value["type"] == NONE:
        return NONE
    return f"{value['type']} {number_text(float(value['value']))}"


def _groups(text: str) -> list[str] | list[list[str]]:
    groups: list[list[str]] = [[]]
    for line in (line.strip() for line in text.splitlines()):
        if line == OR:
            groups.append([])
        elif line:
            groups[-1].append(line)
    filled = [group for group in groups if group]
    return filled if len(filled) > 1 else filled[0] if filled else []


def _condition_lines(value: Any) -> str:
    groups = [value] if isinstance(value, str) or all(isinstance(each, str) for each in value) else value
    alternatives = ([group] if isinstance(group, str) else group for group in groups)
    return f"\n{OR}\n".join("\n".join(group) for group in alternatives)
