"""Every colour and font of the window by name, in the palette the person chose."""

from enum import StrEnum
from functools import cache

from PySide6.QtGui import QColor, QFont


class Token(StrEnum):
    """What a colour is for; BG3 is raised highest, T2 is the quietest text that still reads (WCAG AA)."""

    BG0 = "bg0"
    """The window behind everything."""
    BG1 = "bg1"
    """A panel."""
    BG2 = "bg2"
    """An input, a raised control."""
    BG3 = "bg3"
    """Hovered or selected."""
    LINE = "line"
    LINE2 = "line2"
    """The border of a control."""
    GRID = "grid"
    """A chart's grid."""
    T0 = "t0"
    T1 = "t1"
    T2 = "t2"
    """Labels and axes."""
    ACCENT = "accent"
    ACCENT2 = "accent2"
    """A filled button, a chat bubble."""
    UP = "up"
    DOWN = "down"
    WARN = "warn"
    DANGER = "danger"
    """Real money, and the kill switch: red in every palette, and never told by its colour alone."""
    ON_UP = "on_up"
    """Text on a field of UP, DOWN or WARN."""
    ON_ACCENT = "on_accent"
    VIOLET = "violet"
    """Overlays of a chart beside ACCENT."""
    CYAN = "cyan"
    SAND = "sand"


class Palette(StrEnum):
    """The sets of colours to choose from."""

    DARK = "dark"
    COLOUR_BLIND = "colour-blind"


_DARK: dict[Token, str] = {
    Token.BG0: "#0A0D13",
    Token.BG1: "#10141C",
    Token.BG2: "#171C27",
    Token.BG3: "#202735",
    Token.LINE: "#1E2532",
    Token.LINE2: "#2B3446",
    Token.GRID: "#19202D",
    Token.T0: "#E8ECF4",
    Token.T1: "#9AA5B8",
    Token.T2: "#7A869B",
    Token.ACCENT: "#4D8DFF",
    Token.ACCENT2: "#2F6AE0",
    Token.UP: "#2EBD85",
    Token.DOWN: "#F6465D",
    Token.WARN: "#F0B429",
    Token.DANGER: "#F6465D",
    Token.ON_UP: "#06130D",
    Token.ON_ACCENT: "#FFFFFF",
    Token.VIOLET: "#C084FC",
    Token.CYAN: "#38BDD8",
    Token.SAND: "#D6B98C",
}

_PALETTES: dict[Palette, dict[Token, str]] = {
    Palette.DARK: _DARK,
    Palette.COLOUR_BLIND: _DARK | {Token.UP: "#56A8F5", Token.DOWN: "#F29D38"},
}

FAMILY = "Inter"
_active = Palette.DARK


def palette() -> Palette:
    """The palette in use."""
    return _active


def use_palette(chosen: Palette) -> None:
    """Answer `color` from ``chosen`` from now on; applying the style sheet anew makes widgets ask again."""
    global _active
    _active = chosen


def value(token: Token) -> str:
    """The colour as ``#RRGGBB``, for style sheets and rich text."""
    return _PALETTES[_active][token]


def color(token: Token, alpha: int = 255) -> QColor:
    """The colour of ``token`` in the active palette, ``alpha`` 0 to 255; shared, so never change it."""
    return _color(_active, token, alpha)


@cache
def _color(chosen: Palette, token: Token, alpha: int) -> QColor:
    made = QColor(_PALETTES[chosen][token])
    made.setAlpha(alpha)
    return made


@cache
def font(size_px: int, weight: int = 400, spacing_percent: int = 0) -> QFont:
    """Inter with figures of equal width, ``weight`` 100 to 900; shared, so never change it."""
    made = QFont(FAMILY)
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    if spacing_percent:
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 100 + spacing_percent)
    return made


def minus(text: str) -> str:
    """``text`` with the true minus sign, U+2212, which is as wide as a plus."""
    return text.replace("-", "\u2212")
