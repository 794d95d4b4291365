"""How high wrapped words, and what holds them, must be."""

from PySide6.QtWidgets import QLabel, QWidget


def fit_height(label: QLabel, width_px: int, most_px: int) -> None:
    """Make ``label`` just high enough for its words at ``width_px``, at most ``most_px``."""
    label.setMinimumHeight(0)  # Qt never calls words lower than the height they were given before
    label.setFixedHeight(min(most_px, words_height(label, width_px)))


def words_height(label: QLabel, width_px: int) -> int:
    """How high the words of ``label`` stand at ``width_px``; its minimum height must be 0."""
    return max(0, label.heightForWidth(max(1, width_px)))


def hug(widget: QWidget, width_px: int, most_px: int | None = None) -> None:
    """Make ``widget`` as high as what is laid out in it needs at ``width_px``, at most ``most_px``.

    Qt's own `adjustSize` does not ask wrapped words how high they are at this width.
    """
    layout = widget.layout()
    assert layout is not None
    layout.invalidate()
    layout.activate()
    height = layout.totalHeightForWidth(width_px) if layout.hasHeightForWidth() else layout.sizeHint().height()
    widget.setFixedHeight(height if most_px is None else min(most_px, height))
