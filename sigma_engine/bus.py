"""Tells observers what happened; nothing on the trade path waits for it."""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from sigma_engine.events import Event

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)
Unsubscribe = Callable[[], None]


class EventBus:
    """Calls every handler of an event's class and of the classes above it, in the order of subscription."""

    def __init__(self) -> None:
        self._handlers: defaultdict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> Unsubscribe:
        """Have ``handler`` called for each event of ``kind`` (``Event`` hears all); returns the way out."""
        self._handlers[kind].append(handler)

        def leave() -> None:
            if handler in self._handlers[kind]:
                self._handlers[kind].remove(handler)

        return leave

    def publish(self, event: Event) -> None:
        """Tell everyone; a handler that fails is logged and the others still hear."""
        for kind in type(event).__mro__:
            for handler in tuple(self._handlers.get(kind, ())):
                try:
                    handler(event)
                except Exception:  # an observer's bug must not stop a trade
                    log.exception("%r failed on %r", handler, event)
