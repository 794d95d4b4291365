"""The look: readable in both palettes, figures of equal width, icons that exist."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QIcon, QImage
from PySide6.QtWidgets import QApplication

import sigma_desktop
from sigma_desktop.catalog import PANELS
from sigma_desktop.theme.icons import _glyphs, icon
from sigma_desktop.theme.style import dress
from sigma_desktop.theme.tokens import Palette, Token, color, font, use_palette, value

TEXT = [Token.T0, Token.T1, Token.T2, Token.UP, Token.DOWN, Token.WARN, Token.ACCENT]


@pytest.fixture
def palettes() -> None:
    yield
    use_palette(Palette.DARK)


def luminance(shade: QColor) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (shade.redF(), shade.greenF(), shade.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", list(Palette))
@pytest.mark.parametrize("token", TEXT)
def test_text_reads_on_panels_and_inputs(palettes: None, palette: Palette, token: Token) -> None:
    use_palette(palette)
    assert contrast(color(token), color(Token.BG1)) >= 4.5


def test_white_reads_on_filled_buttons() -> None:
    assert contrast(color(Token.ON_ACCENT), color(Token.ACCENT2)) >= 4.5


def test_a_palette_changes_the_colours_of_gain_and_loss(palettes: None) -> None:
    before = value(Token.UP), value(Token.DOWN), value(Token.BG1)
    use_palette(Palette.COLOUR_BLIND)
    after = value(Token.UP), value(Token.DOWN), value(Token.BG1)
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert before[2] == after[2]
    assert color(Token.UP).name().upper() == after[0]


def test_translucent_colours_keep_their_hue() -> None:
    assert color(Token.UP, 38).alpha() == 38
    assert color(Token.UP, 38).rgb() & 0xFFFFFF == color(Token.UP).rgb() & 0xFFFFFF


def test_inter_is_bundled_and_its_figures_are_equally_wide(app: QApplication) -> None:
    assert QFontInfo(font(13)).family() == "Inter"
    widths = {QFontMetrics(font(13)).horizontalAdvance(digit * 4) for digit in "0123456789"}
    assert len(widths) == 1


def test_every_icon_named_in_the_window_exists(app: QApplication) -> None:
    source = "\n".join(file.read_text("utf-8") for file in Path(sigma_desktop.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'(?:icon|set_icon|ToolButton)\("([a-z0-9-]+)"', source)) | {row.icon for row in PANELS}
    assert len(named) > 10
    assert named <= _glyphs().keys()


def test_icons_are_painted_in_the_colour_asked_for(app: QApplication) -> None:
    picture = icon("stop", Token.DOWN).pixmap(32, 32).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    assert picture.pixelColor(16, 16).name().upper() == value(Token.DOWN)
    faded = icon("stop", Token.DOWN).pixmap(32, 32, QIcon.Mode.Disabled).toImage()
    assert faded.pixelColor(16, 16).name().upper() == value(Token.LINE2)


def test_dressing_anew_recolours_the_application(app: QApplication, palettes: None) -> None:
    dress(app, Palette.COLOUR_BLIND)
    assert value(Token.DOWN) in app.styleSheet()
    dress(app)
    assert app.palette().window().color() == color(Token.BG0)
