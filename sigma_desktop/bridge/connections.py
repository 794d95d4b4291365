"""What the window asks of accounts: the engine's door, and in tests whatever stands in for it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import sigma_engine
from sigma_engine import ConnectionRequest, KeyReport, KnownKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Tests keys, keeps them, forgets them, and tells which there are; each may raise `SigmaError`."""

    examine: Callable[[ConnectionRequest], Coroutine[Any, Any, KeyReport]] = sigma_engine.examine_keys
    save: Callable[[ConnectionRequest], Coroutine[Any, Any, None]] = sigma_engine.save_keys
    forget: Callable[[str], Coroutine[Any, Any, None]] = sigma_engine.forget_keys
    known: Callable[[], Coroutine[Any, Any, tuple[KnownKeys, ...]]] = sigma_engine.known_keys

    @classmethod
    def of(cls, home: Path | None) -> Self:
        """The engine's own, with the keys of the environment as the data folder ``home`` has them."""
        return cls(known=partial(sigma_engine.known_keys, home))
