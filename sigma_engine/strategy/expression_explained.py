"""Says in plain English what an expression asks for: "RSI(14) is below 30 and the price is above VWAP"."""

from sigma_engine.strategy.expression_tree import (
    AllOf,
    AnyOf,
    Arithmetic,
    Combined,
    Comparator,
    Comparison,
    Condition,
    Cross,
    Crossing,
    Expression,
    InRegime,
    Moves,
    Negated,
    Number,
    Opposite,
    Sum,
)
from sigma_engine.strategy.expression_walks import operands
from sigma_engine.strategy.expression_words import is_indicator
from sigma_engine.strategy.operands import Operand, parse_operand

_COMPARED = {
    Comparator.LESS: ("is below", "is not below"),
    Comparator.LESS_EQUAL: ("is at most", "is not at most"),
    Comparator.GREATER: ("is above", "is not above"),
    Comparator.GREATER_EQUAL: ("is at least", "is not at least"),
    Comparator.EQUAL: ("equals", "does not equal"),
    Comparator.NOT_EQUAL: ("differs from", "does not differ from"),
}
_CROSSED = {
    Crossing.ABOVE: ("crosses above", "does not cross above"),
    Crossing.BELOW: ("crosses below", "does not cross below"),
}
_SIGNS = {
    Arithmetic.PLUS: "plus",
    Arithmetic.MINUS: "minus",
    Arithmetic.TIMES: "times",
    Arithmetic.OVER: "divided by",
}
_WORDS = {
    "open": "the open",
    "high": "the high",
    "low": "the low",
    "price": "the price",
    "volume": "the volume",
    "hour": "the hour of the day (UTC)",
    "weekday": "the day of the week (Monday is 0)",
    "p_up": "the probability of a rise",
    "sigma": "the forecast volatility of one candle",
    "cost": "the round-trip cost",
    "funding": "the funding rate",
}
_SHORT_TITLES = {
    "rsi": "RSI",
    "ema": "EMA",
    "sma": "SMA",
    "atr": "ATR",
    "adx": "ADX",
    "di_plus": "+DI",
    "di_minus": "−DI",
    "cci": "CCI",
    "mfi": "MFI",
    "obv": "OBV",
    "vwap": "VWAP",
    "bb": "Bollinger",
    "zscore": "z-score",
    "er": "efficiency ratio",
    "volume_sma": "average volume",
    "lr_slope": "regression slope",
    "mc": "plain model",
}
"""How people say a title of the table that is a mouthful; the others are said as they stand there."""

_OVER_CANDLES = {"ema", "sma", "zscore", "lr_slope", "er", "volume_sma"}
_PARTS = {
    "macd.line": "the {} line",
    "macd.signal": "the {} signal line",
    "macd.hist": "the {} histogram",
    "stoch.k": "{} %K",
    "stoch.d": "{} %D",
    "bb.upper": "the upper {} band",
    "bb.middle": "the middle {} band",
    "bb.lower": "the lower {} band",
    "bb.percent_b": "{} %B",
    "obv.ema": "the average of {}",
    "mc.prob_up": "the {}'s probability of a rise",
    "mc.drift": "the {}'s drift",
    "mc.sigma": "the {}'s volatility",
    "gk_vol.per_bar": "{} per candle",
}


def explain(expression: Expression) -> str:
    """What must be so for ``expression`` to hold, as a clause without capital and full stop."""
    match expression:
        case AnyOf():
            comma = "," if any(isinstance(part, AllOf) for part in expression.parts) else ""
            return f"{comma} or ".join(explain(part) for part in expression.parts)
        case AllOf():
            *rest, last = (f"({explain(p)})" if isinstance(p, AnyOf) else explain(p) for p in expression.parts)
            return f"{', '.join(rest)} and {last}"
        case Opposite():
            return _denied(expression.of)
        case _:
            return _said(expression, so=True)


def explain_operand(text: str) -> str:
    """What the reading of a canonical operand text is called: ``the 9-candle EMA on 1h candles``."""
    longer = _timeframe(text)
    return f"{_named(text)} on {longer} candles" if longer else _named(text)


def _denied(node: Expression) -> str:
    if isinstance(node, Opposite | AllOf | AnyOf):
        inner = explain(node)
        return f"it is not so that {inner}" if isinstance(node, Opposite) else f"it is not so that ({inner})"
    return _said(node, so=False)


def _said(condition: Condition, *, so: bool) -> str:
    frames = {_timeframe(text) for text in operands(condition)}
    shared = frames.pop() if len(frames) == 1 else ""
    where = f" on {shared} candles" if shared else ""
    match condition:
        case Comparison():
            verb = _COMPARED[condition.comparator][not so]
            return f"{_sum(condition.left, where)} {verb} {_sum(condition.right, where)}{where}"
        case Cross():
            verb = _CROSSED[condition.crossing][not so]
            return f"{_sum(condition.left, where)} {verb} {_sum(condition.right, where)}{where}"
        case Moves():
            return f"{_sum(condition.what, where)} is {'' if so else 'not '}{condition.motion}{where}"
        case InRegime():
            is_so = (condition.comparator is Comparator.EQUAL) == so
            return f"the market is {'' if is_so else 'not '}{condition.state}"


def _sum(node: Sum, where: str) -> str:
    """A sum in words; its readings do not repeat the timeframe that ``where`` says for all of them."""
    match node:
        case Number():
            return str(node)
        case Negated():
            return f"minus {_side(node.of, where, in_brackets=isinstance(node.of, Combined))}"
        case Combined():
            left = _side(node.left, where, in_brackets=_is_looser(node.left, node.operation))
            right = _side(node.right, where, in_brackets=isinstance(node.right, Combined) and not _binds(node))
            return f"{left} {_SIGNS[node.operation]} {right}"
        case _:
            return _named(node.text) if where else explain_operand(node.text)


def _side(node: Sum, where: str, *, in_brackets: bool) -> str:
    return f"({_sum(node, where)})" if in_brackets else _sum(node, where)


def _is_looser(node: Sum, outer: Arithmetic) -> bool:
    return isinstance(node, Combined) and outer.is_product and not node.operation.is_product


def _binds(node: Combined) -> bool:
    """Whether the right side of a sum is a product, which needs no brackets there."""
    return not node.operation.is_product and isinstance(node.right, Combined) and node.right.operation.is_product


def _timeframe(text: str) -> str:
    operand = parse_operand(text) if is_indicator(text) else None
    return operand.timeframe or "" if operand else ""


def _named(text: str) -> str:
    """A reading by what people call it, without its timeframe."""
    if text in _WORDS:
        return _WORDS[text]
    operand = parse_operand(text)
    if operand.name in _WORDS:
        return _WORDS[operand.name]
    title = _title(operand)
    if not operand.part:
        return title
    pattern = _PARTS.get(f"{operand.name}.{operand.part}", f"the {operand.part.replace('_', ' ')} of {{}}")
    return pattern.format(title)


def _title(operand: Operand) -> str:
    """The indicator's title with its numbers: ``RSI(14)``, ``the 9-candle EMA``, ``MACD`` with its usual ones."""
    entry = operand.entry
    name = _SHORT_TITLES.get(operand.name, entry.title)
    if operand.name in _OVER_CANDLES:
        return f"the {operand.parameters[0]:g}-candle {name}"
    if not operand.parameters or (entry.short and operand.parameters == entry.defaults):
        return name
    return f"{name}({','.join(f'{value:g}' for value in operand.parameters)})"
