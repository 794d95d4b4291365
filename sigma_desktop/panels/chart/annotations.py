"""What the account and the forecast put on the chart, from the terminal's state."""

from decimal import Decimal

from sigma_desktop.bridge.state import TerminalState
from sigma_desktop.panels.chart.changes import day_change
from sigma_desktop.panels.chart.layers.fan import Fan
from sigma_desktop.panels.chart.layers.levels import Dash, Level
from sigma_desktop.panels.chart.layers.markers import TradeMark
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.theme import format
from sigma_desktop.theme.tokens import Token
from sigma_engine import Position, Timeframe, short


def levels_of(state: TerminalState, symbol: str, series: ChartSeries) -> tuple[Level, ...]:
    """Stop, target and entry of the open position, if there is one, then the last price."""
    decimals = state.price_decimals(symbol)
    position = state.positions.get(symbol)
    held = () if position is None else _position_levels(position, decimals, state.quantity_decimals(symbol))
    if not series.count:
        return held
    last = series.candle(-1)
    token = Token.UP if last.close >= last.open else Token.DOWN
    return (*held, Level(last.close, token, Dash.DASHED, format.price(last.close, decimals)))


def marks_of(state: TerminalState, symbol: str, series: ChartSeries) -> list[TradeMark]:
    """The trades of ``symbol`` and its open position."""
    marks = [TradeMark.of_trade(trade, series) for trade in state.trades if trade.symbol == symbol]
    position = state.positions.get(symbol)
    return marks if position is None else [*marks, TradeMark.of_position(position, series)]


def fan_of(state: TerminalState, symbol: str, series: ChartSeries, base: Timeframe) -> Fan | None:
    """The newest forecast of ``symbol``."""
    decision = state.decisions.get(symbol)
    return Fan.of(decision.signal if decision else None, series, base.interval_ms)


def quiet_words(state: TerminalState, is_loaded: bool) -> tuple[str, str]:
    """What an empty chart says: that it is empty, and when it will not be."""
    if not is_loaded:
        return "No market yet", "The chart of the selected market appears here as soon as the session has opened."
    name = short(state.selected) or "this market"
    return f"No data for {name} yet", "Its first candle appears with the first price that arrives."


def summary_of(state: TerminalState, symbol: str, shown: Timeframe | None) -> str:
    """The chart in words, for those who do not see it."""
    price = state.prices.get(symbol)
    if price is None:
        return "No candles yet."
    change = day_change(state, symbol)
    moved = f", {format.percent(change, 2, signed=True)} in 24 hours" if change is not None else ""
    last = format.price(price, state.price_decimals(symbol))
    words = f"{short(symbol)}, candles of {shown}, last price {last}{moved}. "
    return words + _position_words(state.positions.get(symbol), state, symbol)


def _position_levels(position: Position, decimals: int, quantity_decimals: int) -> tuple[Level, ...]:
    entry = Level(
        float(position.entry_price),
        Token.ACCENT2,
        Dash.DOTTED,
        format.price(position.entry_price, decimals),
        f"{position.side.upper()} {format.quantity(position.quantity, quantity_decimals)}   "
        f"{format.money(position.unrealised, signed=True)}",
        _result_token(float(position.unrealised)),
    )
    exits = ((position.stop, position.stop_kind.value, Token.DOWN), (position.target, "target", Token.UP))
    lines = []
    for price, name, token in exits:
        if price is not None:
            outcome = _outcome(position, price)
            label = f"{name.upper()} {format.money(outcome, signed=True)}"
            lines.append(Level(float(price), token, Dash.LONG, format.price(price, decimals), label, token))
    return (*lines, entry)


def _outcome(position: Position, price: Decimal) -> Decimal:
    """What closing at ``price`` would leave, the exit's fee taken at the rate the entry paid."""
    gross = (price - position.entry_price) * position.quantity * position.side.sign
    return gross + position.funding - position.fees * (1 + price / position.entry_price)


def _position_words(position: Position | None, state: TerminalState, symbol: str) -> str:
    if position is None:
        return "No open position."
    entry = format.price(position.entry_price, state.price_decimals(symbol))
    amount = format.quantity(position.quantity, state.quantity_decimals(symbol))
    return f"{position.side.capitalize()} {amount} from {entry}, {format.money(position.unrealised, signed=True)} USDT."


def _result_token(amount: float) -> Token:
    return Token.T0 if not amount else Token.UP if amount > 0 else Token.DOWN
