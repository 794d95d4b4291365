"""What was forecast and what came of it: the record that scores are made of."""

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sigma_engine.errors import DomainError
from sigma_engine.probability.scores import Figures, Flags

COVERAGES = (0.70, 0.90, 0.95)
_BANDS = ("low", "high", "base_low", "base_high")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoredForecasts:
    """Matured forecasts of one symbol, horizon and model that do not overlap, oldest first: arrays of equal length.

    ``made_ms`` is the open time of the candle at whose close each was made, ``p_up`` what it said and ``p_base`` what
    the plain model said beside it, ``outcome`` the log return over the horizon and ``place`` where that lay in the
    forecast distribution, 0 to 1. ``low`` and ``high`` (n, 3) are the log returns at the ends of the bands of
    `COVERAGES`, ``base_low`` and ``base_high`` the plain model's. ``live`` marks forecasts made live; the others were
    folded from history. What is not known is NaN.
    """

    made_ms: NDArray[np.int64]
    p_up: Figures
    p_base: Figures
    outcome: Figures
    place: Figures
    low: Figures
    high: Figures
    base_low: Figures
    base_high: Figures
    live: Flags

    def __post_init__(self) -> None:
        n = len(self.made_ms)
        for field in fields(self):
            shape = (n, len(COVERAGES)) if field.name in _BANDS else (n,)
            if (found := getattr(self, field.name).shape) != shape:
                raise DomainError(f"{field.name} of {n} scored forecasts has the shape {shape}, was {found}")

    def __len__(self) -> int:
        return len(self.made_ms)

    @classmethod
    def empty(cls) -> Self:
        """No forecast has fallen due yet."""
        none, bands = np.empty(0), np.empty((0, len(COVERAGES)))
        return cls(
            made_ms=np.empty(0, np.int64),
            p_up=none,
            p_base=none,
            outcome=none,
            place=none,
            low=bands,
            high=bands,
            base_low=bands,
            base_high=bands,
            live=np.empty(0, np.bool_),
        )

    @property
    def rose(self) -> Flags:
        """Whether the close lay higher; the same price is no rise."""
        return self.outcome > 0

    def newest(self, limit: int) -> Self:
        """The last ``limit`` of them."""
        first = max(0, len(self) - limit)
        if first == 0:
            return self
        return replace(self, **{field.name: getattr(self, field.name)[first:] for field in fields(self)})

    def known_live(self, made_ms: NDArray[np.int64]) -> Self:
        """The same, with those made at ``made_ms`` marked as made live too."""
        return replace(self, live=self.live | np.isin(self.made_ms, made_ms))
