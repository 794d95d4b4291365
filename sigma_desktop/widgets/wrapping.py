"""How high a label of wrapped words must be."""

from PySide6.QtWidgets import QLabel


def fit_height(label: QLabel, width_px: int, most_px: int) -> None:
    """Make ``label`` just high enough for its words at ``width_px``, at most ``most_px``."""
    label.setMinimumHeight(0)  # Qt never calls words lower than the height they were given before
    label.setFixedHeight(min(most_px, words_height(label, width_px)))


def words_height(label: QLabel, width_px: int) -> int:
    """How high the words of ``label`` stand at ``width_px``; its minimum height must be 0."""
    return max(0, label.heightForWidth(max(1, width_px)))
