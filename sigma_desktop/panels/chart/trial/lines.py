"""The prices drawn across the chart for one trade of a backtest."""

from sigma_desktop.models.cells import toned
from sigma_desktop.models.trade_outline import first_stop, target
from sigma_desktop.panels.chart.layers.levels import Dash, Level
from sigma_desktop.panels.chart.trial.replay import Replay
from sigma_desktop.theme.format import money, price, quantity
from sigma_desktop.theme.tokens import Token
from sigma_engine import Trade

Digits = tuple[int, int]
"""Behind the point of prices and of quantities."""


def closed_lines(trade: Trade, document: str, digits: Digits) -> tuple[Level, ...]:
    """First stop, target, exit and entry of a trade that is over."""
    token = toned(trade.pnl)
    leave = Level(
        float(trade.exit_price),
        token if token is not Token.T0 else Token.T1,
        Dash.DOTTED,
        price(trade.exit_price, digits[0]),
        f"EXIT BY {trade.reason.value.upper()}",
        token,
    )
    return (*_plan(trade, document, digits), leave, _entry(trade, digits, float(trade.pnl)))


def running_lines(replay: Replay, document: str, digits: Digits) -> tuple[Level, ...]:
    """What is drawn while the trade is lived through: its plan once it is open, and the last price."""
    candle, trade = replay.candle, replay.trade
    token = Token.UP if candle.close >= candle.open else Token.DOWN
    last = Level(candle.close, token, Dash.DASHED, price(candle.close, digits[0]))
    profit = replay.profit
    if profit is None:
        return (last,)
    plan = () if replay.is_over else _plan(trade, document, digits)
    return (*plan, _entry(trade, digits, profit), last)


def _plan(trade: Trade, document: str, digits: Digits) -> list[Level]:
    levels = (
        ("STOP AT ENTRY", first_stop(trade, digits[0]), Token.DOWN),
        ("TARGET", target(trade, document, digits[0]), Token.UP),
    )
    return [
        Level(level, token, Dash.LONG, price(level, digits[0]), name, token)
        for name, level, token in levels
        if level is not None
    ]


def _entry(trade: Trade, digits: Digits, profit: float) -> Level:
    label = f"{trade.side.value.upper()} {quantity(trade.quantity, digits[1])}   {money(profit, signed=True)}"
    entry = price(trade.entry_price, digits[0])
    return Level(float(trade.entry_price), Token.ACCENT2, Dash.DOTTED, entry, label, toned(round(profit, 2)))
