"""What was said between the person and the assistant."""

from dataclasses import dataclass
from enum import StrEnum


class Speaker(StrEnum):
    """Who said it."""

    PERSON = "person"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message; ``text`` is Markdown from the assistant and plain text from the person."""

    at_ms: int
    speaker: Speaker
    text: str
