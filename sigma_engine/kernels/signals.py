"""What a backtest reads of each candle: the row of `SIGNAL_FIELDS` that signals become."""

SIGNAL_FIELDS = (
    "open", "high", "low", "close", "atr", "sigma", "action", "exit_long", "exit_short",
    "p_up", "p_target", "p_stop", "p_target_short", "p_stop_short", "p_target_error", "p_target_short_error",
    "move", "move_error", "trust", "matured",
)  # fmt: skip
"""The columns of a signal row; ``action`` is 1 (buy), -1 (sell) or 0, exits are 1 or 0, undefined is NaN."""
