"""The assistant's Markdown as the little HTML a bubble shows: everything escaped, no link followed, no image loaded."""

import re
from collections.abc import Iterator
from html import escape

_CODE = re.compile(r"`([^`\n]+)`")
_IMAGE_OR_LINK = re.compile(r"!?\[([^\]\n]*)\]\(([^)\n]*)\)")
_MARK = re.compile(
    r"\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*"
    r"|(?<![\w*])\*(?=\S)(?P<star>[^*\n]+?)(?<=\S)\*(?![\w*])"
    r"|(?<![\w_])_(?=\S)(?P<line>[^_\n]+?)(?<=\S)_(?![\w_])"
)
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_BULLET = re.compile(r"\s*[-*+]\s+(.*)")
_NUMBERED = re.compile(r"\s*(\d{1,3})[.)]\s+(.*)")
_ROW = re.compile(r"\s*\|(.+)\|\s*")
_RULE = re.compile(r"[\s|:-]+")
_FENCE = "```"
LONGEST_LINE = 2000
"""Characters up to which a line's marks are read: looking for them costs the square of its length."""
_HIDDEN = "\ue000{}\ue001"
_FOUND = re.compile("\ue000(\\d+)\ue001")


def html(text: str) -> str:
    """``text`` as HTML of b, i, code, p, tables and line breaks alone; links are shown as their words and address."""
    clean = text.replace("\ue000", "").replace("\ue001", "")
    return "".join(_blocks(clean.splitlines()))


def plain(text: str) -> str:
    """``text`` as it was typed, escaped, its line breaks kept."""
    return escape(text).replace("\n", "<br>")


def _blocks(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.strip().startswith(_FENCE):
            end = next((i for i in range(at + 1, len(lines)) if lines[i].strip().startswith(_FENCE)), len(lines))
            yield f"<p><code>{'<br>'.join(map(escape, lines[at + 1 : end]))}</code></p>"
            at = end + 1
        elif _ROW.fullmatch(line):
            end = _end_of(lines, at, _ROW)
            yield _table(lines[at:end])
            at = end
        else:
            yield _line(line)
            at += 1


def _end_of(lines: list[str], at: int, kind: re.Pattern[str]) -> int:
    while at < len(lines) and kind.fullmatch(lines[at]):
        at += 1
    return at


def _line(line: str) -> str:
    if match := _HEADING.fullmatch(line):
        return f"<p><b>{_inline(match[1])}</b></p>"
    if match := _BULLET.fullmatch(line):
        return _item("•", match[1])
    if match := _NUMBERED.fullmatch(line):
        return _item(f"{match[1]}.", match[2])
    return f"<p>{_inline(line)}</p>" if line.strip() else ""


def _item(mark: str, text: str) -> str:
    return f"<p>{mark} {_inline(text)}</p>"


def _table(lines: list[str]) -> str:
    rows = [match[1].split("|") for line in lines if (match := _ROW.fullmatch(line)) and not _RULE.fullmatch(match[1])]
    made = "".join(f"<tr>{''.join(map(_table_cell, row))}</tr>" for row in rows)
    return f"<table>{made}</table>"


def _table_cell(text: str) -> str:
    return f"<td>{_inline(text.strip())}&nbsp;&nbsp;</td>"


def _inline(text: str) -> str:
    """Code is taken out first, so that nothing inside it is read as a mark."""
    if len(text) > LONGEST_LINE:
        return escape(text)
    codes: list[str] = []

    def hide(match: re.Match[str]) -> str:
        codes.append(f"<code>{escape(match[1])}</code>")
        return _HIDDEN.format(len(codes) - 1)

    shown = _MARK.sub(_marked, escape(_IMAGE_OR_LINK.sub(_words, _CODE.sub(hide, text))))
    return _FOUND.sub(lambda match: codes[int(match[1])], shown)


def _marked(match: re.Match[str]) -> str:
    """A mark and, inside it, others; marks that cross each other are left as typed."""
    if match["bold"]:
        return f"<b>{_MARK.sub(_marked, match['bold'])}</b>"
    return f"<i>{_MARK.sub(_marked, match['star'] or match['line'])}</i>"


def _words(match: re.Match[str]) -> str:
    words, address = match[1], match[2]
    return words if not address or address == words else f"{words} ({address})" if words else address
