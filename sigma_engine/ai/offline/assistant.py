"""The assistant without a language model: finds the topic, reads the facts, answers or says what it cannot."""

from sigma_engine.ai.facts import Facts
from sigma_engine.ai.offline import answers
from sigma_engine.ai.offline.topics import Topic, asks_for_change, today_only, topic_of

DAY_MS = 86_400_000
LONGEST_QUESTION = 4_000


class OfflineAssistant:
    """Implements `sigma_engine.session.ports.Assistant`; the same text on the same facts gives the same answer."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    async def answer(self, text: str) -> str:
        """Markdown; a request to act changes nothing and is told so."""
        text = text[:LONGEST_QUESTION]
        if asks_for_change(text):
            return f"{answers.CANNOT_YET}\n\n{answers.CAN_DO}"
        state = self._facts.snapshot()
        match topic_of(text):
            case Topic.PERFORMANCE:
                since_ms = state.market_ms - state.market_ms % DAY_MS if today_only(text) else None
                return answers.performance(await self._facts.performance(since_ms), state)
            case Topic.POSITIONS:
                return answers.positions(state)
            case Topic.WHY:
                return answers.why(text, state)
            case Topic.SIGNAL:
                return answers.signals(text, state)
            case Topic.HELP:
                return answers.CAN_DO
            case _:
                return f"I do not understand that yet. {answers.CAN_DO}"
