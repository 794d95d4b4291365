"""What a run has seen so far, kept in memory for whoever begins to watch."""

from collections import deque
from collections.abc import Mapping

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.chat import ChatMessage
from sigma_engine.domain.decision import Decision
from sigma_engine.domain.portfolio import EquityPoint
from sigma_engine.domain.position import Trade
from sigma_engine.domain.venue import ExternalPosition
from sigma_engine.events import (
    CandleClosed,
    CandleRevised,
    ChatAnswered,
    DecisionMade,
    EquityRecorded,
    Event,
    ExternalsChanged,
    PositionClosed,
)
from sigma_engine.kernels.forecast import MEMORY
from sigma_engine.session.ports import StoredRun

CANDLES_KEPT = MEMORY
"""As far back as the forecast remembers, so that another strategy or a restart folds the same past."""

EQUITY_KEPT = 20_000
FOLDED_EVERY = 256


class Record:
    """Candles, trades, equity, newest decisions and chat of one run, oldest first, bounded."""

    def __init__(self, history: Mapping[str, Candles], stored: StoredRun | None) -> None:
        self._history = dict(history)
        self._closed: dict[str, list[Candle]] = {symbol: [] for symbol in history}
        self._trades = list(stored.trades) if stored else []
        self._equity = deque(stored.equity if stored else (), EQUITY_KEPT)
        self._decisions = {decision.symbol: decision for decision in (stored.decisions if stored else ())}
        self._chat = list(stored.chat) if stored else []
        self.externals: tuple[ExternalPosition, ...] = ()
        """What the account holds that SIGMA did not open."""

    def add(self, event: Event) -> None:
        """Take note of a fact."""
        match event:
            case CandleClosed(symbol=symbol, candle=candle):
                self._closed[symbol].append(candle)
                if len(self._closed[symbol]) >= FOLDED_EVERY:
                    self._fold(symbol)
            case CandleRevised(symbol=symbol, candle=candle):
                self._fold(symbol)
                self._history[symbol] = self._history[symbol].corrected(candle)
            case DecisionMade(decision=decision):
                self._decisions[decision.symbol] = decision
            case PositionClosed(trade=trade):
                self._trades.append(trade)
            case EquityRecorded(point=point):
                self._equity.append(point)
            case ChatAnswered(message=message):
                self._chat.append(message)
            case ExternalsChanged(externals=externals):
                self.externals = externals
            case _:
                pass

    def candles(self) -> dict[str, Candles]:
        """The closed candles of each symbol."""
        for symbol in self._closed:
            self._fold(symbol)
        return dict(self._history)

    def _fold(self, symbol: str) -> None:
        """Put the candles that came one by one into the block, which needs a fraction of their memory."""
        if closed := self._closed[symbol]:
            joined = self._history[symbol].joined(Candles.from_rows(closed))
            self._history[symbol] = joined.slice(max(0, len(joined) - CANDLES_KEPT))
            closed.clear()

    def trades(self) -> tuple[Trade, ...]:
        """All closed trades."""
        return tuple(self._trades)

    def equity(self) -> tuple[EquityPoint, ...]:
        """The equity curve."""
        return tuple(self._equity)

    def decisions(self) -> tuple[Decision, ...]:
        """The newest decision of each symbol."""
        return tuple(self._decisions.values())

    def chat(self) -> tuple[ChatMessage, ...]:
        """What was said."""
        return tuple(self._chat)
