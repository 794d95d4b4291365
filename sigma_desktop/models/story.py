"""The whole story of a row as a tooltip: safe HTML from plain text."""

from collections.abc import Iterable
from html import escape

from sigma_desktop.theme.tokens import Token, value

WIDTH_PX = 340


def story(title: str, facts: Iterable[tuple[str, str]], note: str = "") -> str:
    """``title``, then what and how much in two columns, then ``note`` wrapped below; all of it escaped."""
    quiet = value(Token.T1)
    rows = "".join(
        f"<tr><td style='color:{quiet};padding-right:14px'>{escape(name)}</td>"
        f"<td align='right'>{escape(figure)}</td></tr>"
        for name, figure in facts
        if figure
    )
    told = f"<p style='margin-top:6px;color:{quiet}'>{escape(note)}</p>" if note else ""
    return f"<table width='{WIDTH_PX}'><tr><td><b>{escape(title)}</b><table>{rows}</table>{told}</td></tr></table>"
