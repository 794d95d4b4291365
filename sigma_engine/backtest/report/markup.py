"""HTML and SVG put together from elements; every plain text is escaped on its way in."""

from html import escape

_VOID = frozenset({"meta", "circle", "line", "path", "rect", "stop", "col"})


class Markup(str):
    """Text that is markup already; whatever is not is escaped where it enters an element."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: object) -> Markup:
    """``<name attributes>content</name>``; ``class_`` is written ``class``, ``stroke_width`` ``stroke-width``.

    An attribute that is None is left out.
    """
    written = "".join(
        f' {_attribute(key)}="{escape(str(value))}"' for key, value in attributes.items() if value is not None
    )
    if name in _VOID and not content:
        return Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{joined(*content)}</{name}>")


def joined(*content: str) -> Markup:
    """Pieces one after the other."""
    return Markup("".join(piece if isinstance(piece, Markup) else escape(piece, quote=False) for piece in content))


def _attribute(key: str) -> str:
    return key if key == "viewBox" else key.rstrip("_").replace("_", "-")
