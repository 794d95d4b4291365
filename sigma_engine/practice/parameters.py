"""What a request asks for, read strictly: every figure and every word has the code WEEX refuses it with."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from sigma_engine.practice.nouns import UNIT, Refusal
from sigma_engine.practice.readings import FOREVER_MS

Word = TypeVar("Word", bound=StrEnum)
DECIMALS = 8
_NUMBER = re.compile(r"[0-9]{1,20}(?:\.([0-9]{1,30}))?")


class Parameters:
    """The query or the JSON body of a request, by name."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values

    def optional(self, name: str) -> str | None:
        """The text under ``name``; None where it is missing, null or empty."""
        value = self.values.get(name)
        return None if value is None or value == "" else str(value)

    def text(self, name: str) -> str:
        """The text under ``name``; -1141 where there is none."""
        value = self.optional(name)
        if value is None:
            raise Refusal(-1141, f"Parameter '{name}' cannot be empty.")
        return value

    def word(self, name: str, kind: type[Word], code: int) -> Word:
        """The word under ``name``; -1141 where there is none, ``code`` where it is not one of ``kind``."""
        value = self.text(name)
        if value not in list(kind):
            raise Refusal(code, f"Invalid {name}.")
        return kind(value)

    def optional_word(self, name: str, kind: type[Word], code: int) -> Word | None:
        """As `word`, but None where there is none."""
        return None if self.optional(name) is None else self.word(name, kind, code)

    def optional_parts(self, name: str) -> int | None:
        """The figure under ``name`` in parts; -1142 for what is none, -1160 for more than eight decimals."""
        value = self.optional(name)
        if value is None:
            return None
        match = _NUMBER.fullmatch(value)
        if match is None:
            raise Refusal(-1142, f"Parameter '{name}' is invalid.")
        whole, _, fraction = value.partition(".")
        if len(fraction.rstrip("0")) > DECIMALS:
            raise Refusal(-1160, f"Decimal precision error: {name}.")
        return int(whole) * UNIT + int(fraction[:DECIMALS].ljust(DECIMALS, "0"))

    def parts(self, name: str) -> int:
        """As `optional_parts`; -1141 where there is nothing."""
        self.text(name)
        return self.optional_parts(name) or 0

    def number(self, name: str) -> int | None:
        """The whole number under ``name`` (``20``, ``20.00``); -1142 for anything else."""
        parts = self.optional_parts(name)
        if parts is not None and parts % UNIT:
            raise Refusal(-1142, f"Parameter '{name}' is invalid.")
        return None if parts is None else parts // UNIT

    def flag(self, name: str) -> bool:
        """Whether ``name`` is true; missing is false, -1142 for anything else."""
        value = self.values.get(name)
        if value is not None and str(value).lower() not in ("true", "false"):
            raise Refusal(-1142, f"Parameter '{name}' is invalid.")
        return str(value).lower() == "true"

    def texts(self, name: str) -> list[str]:
        """The list under ``name``; empty where it is missing, -1142 for anything else."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, list):
            raise Refusal(-1142, f"Parameter '{name}' is invalid.")
        return [str(each) for each in value or ()]

    def limit(self, default: int, most: int) -> int:
        """How many rows are wanted; -1140 outside 1 to ``most``."""
        limit = self.number("limit")
        if limit is None:
            return default
        if not 1 <= limit <= most:
            raise Refusal(-1140, f"Parameter validation failed. limit must be between 1 and {most}.")
        return limit

    def span(self, until_ms: int = FOREVER_MS) -> tuple[int, int]:
        """``startTime`` (0 where missing) and ``endTime`` (else ``until_ms``); -1171 the wrong way round."""
        since, until = self.number("startTime"), self.number("endTime")
        since_ms, until_ms = since or 0, until_ms if until is None else until
        if since_ms > until_ms:
            raise Refusal(-1171, "startTime cannot be greater than endTime.")
        return since_ms, until_ms


def plain(parts: int) -> str:
    """A figure in parts as WEEX writes it: plain decimals without needless zeros (``0.0001``, ``60000.1``, ``0``)."""
    whole, fraction = divmod(abs(parts), UNIT)
    text = f"{whole}.{fraction:08d}".rstrip("0").rstrip(".")
    return f"-{text}" if parts < 0 else text
