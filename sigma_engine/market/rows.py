"""Rows of a candle file as numbers, before anything is asked of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigma_engine.market.file_report import Rejection

Column = NDArray[np.float64]

COLUMNS = ("timestamp_ms", "open", "high", "low", "close", "volume")
"""The columns a candle file must have, in the order of `Rows.values`."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """``values`` float64, row x `COLUMNS`; ``lines`` their line numbers; ``unread`` rows that are no numbers."""

    values: Column
    lines: NDArray[np.int64]
    unread: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values) + len(self.unread)


def extra_columns_note(names: list[str]) -> tuple[str, ...]:
    """One note about columns that are not `COLUMNS`, or none."""
    extra = [name for name in names if name not in COLUMNS]
    return (f"columns not used: {', '.join(extra)}",) if extra else ()
