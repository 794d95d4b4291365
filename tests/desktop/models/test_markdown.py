import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.models.markdown import html, plain

ALLOWED = re.compile(r"</?(?:b|i|code|p|table|tr|td)>|<br>")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("**Trend** agreed.", "<p><b>Trend</b> agreed.</p>"),
        ("_so_ and *so*", "<p><i>so</i> and <i>so</i></p>"),
        ("2 * 3 * 4, take_profit_at", "<p>2 * 3 * 4, take_profit_at</p>"),
        ("- one\n- **two**", "<p>• one</p><p>• <b>two</b></p>"),
        ("1. first", "<p>1. first</p>"),
        ("### Why", "<p><b>Why</b></p>"),
        ("`a < b` holds", "<p><code>a &lt; b</code> holds</p>"),
        ("`**not bold**`", "<p><code>**not bold**</code></p>"),
        ("```\nx = 1\ny < 2\n```", "<p><code>x = 1<br>y &lt; 2</code></p>"),
        ("a\n\nb", "<p>a</p><p>b</p>"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "<table><tr><td>a&nbsp;&nbsp;</td><td>b&nbsp;&nbsp;</td></tr>"
         "<tr><td>1&nbsp;&nbsp;</td><td>2&nbsp;&nbsp;</td></tr></table>"),
    ],
)  # fmt: skip
def test_what_an_assistant_writes_is_laid_out(text: str, made: str) -> None:
    assert html(text) == made


def test_links_are_shown_as_words_and_address_and_images_are_not_loaded() -> None:
    assert html("[docs](https://x.example)") == "<p>docs (https://x.example)</p>"
    assert html("![logo](file:///etc/passwd)") == "<p>logo (file:///etc/passwd)</p>"


def test_markup_in_an_answer_is_text() -> None:
    assert html("<img src=x onerror=1> & <b>") == "<p>&lt;img src=x onerror=1&gt; &amp; &lt;b&gt;</p>"


def test_what_a_person_types_stays_as_typed() -> None:
    assert plain("**a** <b>\nline") == "**a** &lt;b&gt;<br>line"


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("*_`<>&[]()!|#-\n\ue000\ue001"), max_size=200))
def test_whatever_is_said_only_harmless_tags_come_out(text: str) -> None:
    assert "<" not in ALLOWED.sub("", html(text))
    assert "<" not in plain(text).replace("<br>", "")


@given(st.lists(st.sampled_from(["**", "*", "_", "`", "a", " ", "[a](b)", "\n", "|", "```\n"]), max_size=40))
def test_tags_are_closed_in_the_order_they_were_opened(parts: list[str]) -> None:
    open_tags: list[str] = []
    for closing, tag in re.findall(r"<(/?)(b|i|code|p|table|tr|td)>", html("".join(parts))):
        if not closing:
            open_tags.append(tag)
        else:
            assert open_tags.pop() == tag
    assert open_tags == []


def test_a_line_beyond_reason_is_shown_without_looking_for_marks() -> None:
    assert html("**a** " * 1000) == f"<p>{'**a** ' * 1000}</p>"
