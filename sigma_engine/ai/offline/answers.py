"""Answers in Markdown, each figure taken from the facts it was given."""

from decimal import Decimal

from sigma_engine.clock import as_datetime
from sigma_engine.domain.decision import Decision
from sigma_engine.domain.performance import PerformanceSummary
from sigma_engine.domain.position import Position
from sigma_engine.domain.snapshot import Snapshot
from sigma_engine.domain.symbol import base, short

MINUS = "\N{MINUS SIGN}"

CAN_DO = (
    "I work offline and read what this run has stored. Ask me:\n"
    "- **How am I doing?** (also: today)\n"
    "- **What are my positions?**\n"
    "- **Why did you go long BTC?**\n"
    "- **What does the market look like?**"
)
CANNOT_YET = (
    "I cannot create or change strategies, run backtests or place orders from here yet: nothing was changed. "
    "Strategies are chosen in the **Strategy** menu, positions closed in the **Open positions** panel."
)


def performance(summary: PerformanceSummary, state: Snapshot) -> str:
    """What the closed trades came to, with the row count and what is still open."""
    since = "today (since 00:00 UTC)" if summary.since_ms is not None else "in this run"
    account = state.portfolio
    head = (
        f"Equity is **{_money(account.equity)} USDT**, {_signed(account.equity - account.initial)} since the start "
        f"({_percent(float(account.equity / account.initial - 1))}), {_signed(account.unrealised)} of it still open."
    )
    if not summary.trades:
        return f"{head}\n\nNo trade was closed {since}."
    rate = f"{summary.wins} of {summary.trades} won ({summary.wins / summary.trades:.1%})"
    lines = [
        f"Closed {since}: **{_signed(summary.pnl)} USDT** net, {rate}, {_money(summary.fees)} USDT of it paid in fees "
        "(those of open positions not counted).",
        f"Best trade {_signed(summary.best)}, worst {_signed(summary.worst)}.",
        *(f"- {short(name)}: {_signed(part.pnl)} in {part.trades}" for name, part in summary.by_symbol.items()),
        f"_Sum of the net profit of {summary.trades} rows of the trades table._",
    ]
    return "\n\n".join([head, lines[0], lines[1], "\n".join(lines[2:-1]), lines[-1]])


def positions(state: Snapshot) -> str:
    """What is held, with stop and target."""
    account = state.portfolio
    free = f"{_money(account.free)} USDT of {_money(account.wallet)} are free."
    if not account.positions:
        return f"Nothing is open. {free}"
    return "\n".join([*(f"- {_position(position)}" for position in account.positions), "", free])


def why(text: str, state: Snapshot) -> str:
    """The reason of the position or the newest decision the text names."""
    symbol = _named_symbol(text, state)
    held = [p for p in state.portfolio.positions if symbol in (None, p.symbol)]
    if held:
        return "\n\n".join(
            f"**{short(p.symbol)} {p.side}** since {_clock(p.entry_ms)} at {p.entry_price:.10g}: {p.entry_reason}"
            for p in held[-3:]
        )
    closed = [trade for trade in state.trades if symbol in (None, trade.symbol)]
    if closed:
        trade = closed[-1]
        return (
            f"Nothing is open{'' if symbol is None else ' in ' + short(symbol)}. The last trade, "
            f"**{short(trade.symbol)} {trade.side}** at {_clock(trade.entry_ms)}: {trade.entry_reason}. "
            f"It was closed by its {trade.reason} for {_signed(trade.pnl)} USDT."
        )
    return signals(text, state)


def signals(text: str, state: Snapshot) -> str:
    """The newest decision of the symbol the text names, or of all."""
    symbol = _named_symbol(text, state)
    chosen = [d for d in state.decisions if symbol in (None, d.symbol)]
    if not chosen:
        return "No candle has been decided on yet; the first signals come when a candle closes."
    return "\n".join(f"- {_decision(decision)}" for decision in chosen)


def _decision(decision: Decision) -> str:
    signal = decision.signal
    scores = f"long {signal.long_score:.2f}, short {signal.short_score:.2f}"
    return f"**{short(signal.symbol)} {signal.action}** ({signal.regime}; {scores}): {decision.reason}"


def _position(position: Position) -> str:
    return (
        f"**{short(position.symbol)} {position.side}** {position.quantity} at {position.entry_price}, "
        f"now {position.mark}: {_signed(position.unrealised)} USDT; stop {position.stop}, target {position.target}"
    )


def _named_symbol(text: str, state: Snapshot) -> str | None:
    words = set(text.upper().replace("/", " ").replace("?", " ").replace("USDT", " ").split())
    return next((symbol for symbol in state.symbols if base(symbol) in words), None)


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _signed(amount: Decimal | None) -> str:
    return "n/a" if amount is None else f"{amount:+,.2f}".replace("-", MINUS)


def _percent(fraction: float) -> str:
    return f"{fraction:+.2%}".replace("-", MINUS)


def _clock(at_ms: int) -> str:
    return f"{as_datetime(at_ms):%H:%M} UTC"
