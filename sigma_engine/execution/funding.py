"""What a venue announces of its funding, for an account that pays it at the stamps."""

from collections.abc import Iterator


class AnnouncedFunding:
    """The rate of every stamp as it was last announced, by symbol; whoever reads the venue writes here."""

    def __init__(self) -> None:
        self._rates: dict[str, dict[int, float]] = {}
        self._last: dict[str, float] = {}

    def announce(self, symbol: str, rate: float, stamp_ms: int) -> None:
        """``rate`` (a fraction) is what will be, or was, paid at ``stamp_ms``; the newest word counts."""
        self._rates.setdefault(symbol, {})[stamp_ms] = rate
        self._last[symbol] = rate

    def last(self, symbol: str) -> float | None:
        """The rate announced last; None before the first."""
        return self._last.get(symbol)

    def due(self, symbol: str, after_ms: int, until_ms: int) -> Iterator[tuple[int, float]]:
        """The stamps in (``after_ms``, ``until_ms``] with their rates, in order; stamps before are forgotten."""
        rates = self._rates.get(symbol, {})
        for stamp_ms in sorted(stamp for stamp in rates if stamp <= until_ms):
            rate = rates.pop(stamp_ms)
            if stamp_ms > after_ms:
                yield stamp_ms, rate
