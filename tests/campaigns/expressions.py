"""Sends hostile texts through the expression language: nothing crashes, no code runs, every refusal says where and why.

As a script it sends 200,000 of them and reports the slowest; the tests send some thousand of the same.
"""

import argparse
import re
import sys
from time import perf_counter

from sigma_engine.errors import SpecError
from sigma_engine.strategy.expression import explain, parse
from sigma_engine.strategy.expression_samples import hostile_texts, read_whole, time_ms

LIMIT_MS = 50.0
LONGEST_REFUSAL = 2_000
FORBIDDEN = ("exec", "compile", "import", "open", "os.", "subprocess.", "socket.", "ctypes.", "shutil.", "pickle.")

_REFUSAL = re.compile(r", column (\d+): (\S.*[.?])$")


def complaint(text: str) -> str | None:
    """What is wrong with how ``text`` was received, None where it was read or refused as it must be."""
    try:
        tree = read_whole(text)
    except SpecError as refusal:
        return _of_refusal(text, str(refusal))
    printed = str(tree)
    again = parse(printed)
    if again != tree or str(again) != printed:
        return f"its print {printed!r} is read as something else"
    return None if explain(tree).isprintable() else "its explanation cannot be shown"


def _of_refusal(text: str, sentence: str) -> str | None:
    match = _REFUSAL.search(sentence)
    if match is None:
        return f"its refusal names no place and reason: {sentence!r}"
    if not 1 <= int(match[1]) <= len(text) + 1:
        return f"its refusal points outside of it: {sentence!r}"
    if not sentence.isprintable() or len(sentence) > LONGEST_REFUSAL:
        return f"its refusal is no sentence to show: {sentence!r}"
    return None


def code_watched() -> list[str]:
    """Events of Python that mean code, files or processes; the list grows when one happens from now on."""
    seen: list[str] = []
    sys.addaudithook(lambda event, _: seen.append(event) if event.startswith(FORBIDDEN) else None)
    return seen


def campaign(count: int, seed: int) -> int:
    """Send ``count`` texts, say what came of it; 0 where all went well."""
    for text in hostile_texts(seed, 600):  # everything that is imported late is imported now
        complaint(text)
    events, start, wrong, slowest_ms, slowest = code_watched(), perf_counter(), 0, 0.0, ""
    for text in hostile_texts(seed, count):
        before = perf_counter()
        if what := complaint(text):
            wrong += 1
            _say(f"{text!r}: {what}")
        if (perf_counter() - before) * 1000 > slowest_ms and (took := time_ms(text)) > slowest_ms:
            slowest_ms, slowest = took, text
    _say(f"{count} texts of seed {seed} in {perf_counter() - start:.0f} s: {wrong} wrongly received")
    _say(f"code, files or processes touched: {', '.join(sorted(set(events))) or 'none'}")
    _say(f"the slowest took {slowest_ms:.1f} ms (at most {LIMIT_MS:g}): {slowest!r}")
    return int(bool(wrong or events or slowest_ms > LIMIT_MS))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=20_251_125)
    given = parser.parse_args()
    sys.exit(campaign(given.count, given.seed))
