"""Texts that try to break the expression language, drawn from a seed, and how long the worst of them takes.

They are what a careless or hostile person, file or language model may send: broken grammar, code, control characters,
half characters, endless numbers, deep brackets, and honest expressions cut, doubled and shuffled.
"""

from collections.abc import Iterator
from contextlib import suppress
from random import Random
from time import perf_counter

from sigma_engine.errors import SpecError
from sigma_engine.strategy.expression import Expression, explain, operands, parse
from sigma_engine.strategy.expression_parser import MAX_LENGTH
from sigma_engine.strategy.expression_program import compile_expression
from sigma_engine.strategy.expression_tree import REGIME_COLUMN
from sigma_engine.strategy.reach import out_of_reach

_READINGS = (
    "price", "close", "open", "volume", "rsi(14)", "rsi", "rsi(7)@1h", "ema(9)", "ema(20)@4h", "sma(200)",
    "macd.hist", "macd(5,35,5).line", "bb.upper", "bb(20,2.5).lower@15m", "stoch.k", "adx(14)", "di_plus", "atr",
    "cci", "mfi", "obv", "obv.ema", "vwap", "zscore(20)", "lr_slope", "gk_vol", "mc.prob_up", "volume_sma(30)",
    "er", "p_up", "sigma", "cost", "funding", "hour", "weekday",
)  # fmt: skip
_STATES = ("trending", "ranging", "mixed")
_NUMBERS = ("0", "1", "30", "70", "2.5", ".5", "-3", "1e5", "100000", "0.0001")
_WORDS = (
    *_READINGS, *_NUMBERS, "and", "or", "not", "(", ")", "<", "<=", ">", ">=", "==", "!=", "+", "-", "*", "/", ",",
    ".", "@", "rising", "falling", "crosses_above", "crosses_below", "regime", *_STATES,
)  # fmt: skip
_POISON = (
    "__import__('os').system('id')", "exec('1')", "eval(input())", "lambda: 0", "().__class__.__mro__", "{{7*7}}",
    "${x}", "%n%s%x", "'; DROP TABLE trades; --", "<script>", "../../etc/passwd", "rsi.__class__", "rsi(__name__)",
    "1e999", "-1e999", "1e-999", "nan", "inf", "0x10", "1_000", "9" * 320, "rsi(99999999999999999999)", "ema(1e3)",
    "ema(-0)", "bb(20,1e-400).upper", "rsi@99h", "hour@1h", "rsi(14)@", "@1h", "\x00", "\x1b[31m", "\r\n", "\t",
    "\v", "\u202e", "\u200b", "\u200f", "\ufeff", "\u2028", "\ud800", "\udfff", "\U0001f4b8", "ｒｓｉ", "рsi", "٣",
    "½", "∞", "≥", "−", "é", "e\u0301" * 9, "=", ":=", "**", "//", "&&", "||", "!", ";", "\\", '"', "`", "#",
    "not not", "((((", "))))", "()", "a" * 600, "rsii(14)",
)  # fmt: skip


def hostile_texts(seed: int, count: int) -> Iterator[str]:
    """``count`` texts, the same for the same seed: honest ones, broken ones and poison in turn."""
    random = Random(seed)
    makers = (_honest, _mutated, _salad, _poisoned, _noise, _oversized)
    for at in range(count):
        yield makers[at % len(makers)](random)


def slowest_expression_ms(count: int, seed: int) -> float:
    """How long the slowest of ``count`` hostile texts takes from text to program or refusal, in milliseconds."""
    slowest_ms = 0.0
    for text in hostile_texts(seed, count):
        slowest_ms = max(slowest_ms, time_ms(text, at_most=slowest_ms))
    return slowest_ms


def time_ms(text: str, at_most: float = 0.0) -> float:
    """How long ``text`` takes, in milliseconds.

    Where it takes longer than ``at_most`` it is timed twice more and its best time counts, so that a pause of the
    machine is not taken for a slow text.
    """
    took = _timed_ms(text)
    return took if took <= at_most else min(took, _timed_ms(text), _timed_ms(text))


def read_whole(text: str) -> Expression:
    """Everything SIGMA does with a text: read, print, check, explain, compile; a refusal is a `SpecError`."""
    tree = parse(text)
    out_of_reach(tree)
    explain(tree)
    compile_expression(tree, [*dict.fromkeys(operands(tree)), REGIME_COLUMN])
    return tree


def _timed_ms(text: str) -> float:
    start = perf_counter()
    with suppress(SpecError):
        read_whole(text)
    return (perf_counter() - start) * 1000


def _honest(random: Random, depth: int = 3) -> str:
    """An expression the grammar allows, though it may be longer than is read or ask for the impossible."""
    if depth and random.random() < 0.6:
        inner = (_honest(random, depth - 1) for _ in range(random.randint(2, 3)))
        text = random.choice((" and ", " or ", "\nAND ")).join(inner)
        return random.choice(("({})", "not ({})", "{}")).format(text)
    left, right = _arithmetic(random), _arithmetic(random)
    return random.choice(
        (
            f"{left} {random.choice(('<', '<=', '>', '>=', '==', '!='))} {right}",
            f"{left} {random.choice(('crosses_above', 'crosses_below'))} {right}",
            f"{left} {random.choice(('rising', 'falling'))}",
            f"regime {random.choice(('==', '!='))} {random.choice(_STATES)}",
        )
    )


def _arithmetic(random: Random) -> str:
    parts = [random.choice(_READINGS + _NUMBERS) for _ in range(random.choice((1, 1, 1, 2, 3)))]
    text = parts[0]
    for part in parts[1:]:
        text = random.choice(("{} {} {}", "({} {} {})", "-({} {} {})")).format(text, random.choice("+-*/"), part)
    return text


def _mutated(random: Random) -> str:
    """An honest text with pieces cut out, doubled, swapped or replaced."""
    text = _honest(random)
    for _ in range(random.randint(1, 4)):
        start = random.randrange(len(text) + 1)
        stop = min(start + random.randrange(8), len(text))
        middle = random.choice(("", text[start:stop] * 2, random.choice(_WORDS), random.choice("()<>=!*/+-. 1.9@,_")))
        text = text[:start] + middle + text[stop:]
    return text


def _salad(random: Random) -> str:
    return random.choice((" ", "", "\n")).join(random.choice(_WORDS) for _ in range(random.randint(0, 60)))


def _poisoned(random: Random) -> str:
    text, at = _honest(random, depth=1), random.random()
    cut = int(at * len(text))
    return text[:cut] + random.choice(_POISON) + text[cut:] if random.random() < 0.7 else random.choice(_POISON)


def _noise(random: Random) -> str:
    """Characters from anywhere, half characters among them."""
    highest = random.choice((0x7F, 0xFF, 0x2FFF, 0xFFFF, 0x10FFFF))
    return "".join(chr(random.randint(0, highest)) for _ in range(random.randint(0, 120)))


def _oversized(random: Random) -> str:
    """Long chains and deep nests, close to what is read at most and far beyond."""
    length = random.choice(
        (MAX_LENGTH, MAX_LENGTH - 1, MAX_LENGTH + 1, MAX_LENGTH // 2, 5 * MAX_LENGTH, 40 * MAX_LENGTH)
    )
    reading = random.choice(_READINGS)
    texts = (
        "(" * random.randint(1, 40) + reading + " > 1",
        "not " * random.randint(1, 40) + f"{reading} > 1",
        "-" * random.randint(1, 40) + f"{reading} > 1",
        f"{reading} > 1 and " * (length // (len(reading) + 9)) + "hour > 1",
        f"{reading}{random.choice('+-*/')}" * (length // (len(reading) + 1) - 2) + "1 > 1",
        random.choice("+-*/").join("1" * (length // 2 - 4)) + " > 1",
        " or ".join(f"({reading} < {at} or hour > {at} and p_up > .{at})" for at in range(1, length // 45 + 1)),
        " and ".join(f"({reading} < {at} or hour > {at})" for at in range(1, length // 24 + 1)),
        random.choice(("9", "(", "a", " ", "@", "\u202e", "rsi ", "and ")) * length,
    )
    text = random.choice(texts)
    return text if random.random() < 0.5 else text[:length]
