"""Forecasts keep their bands, their standard errors and the trust they were made with, so that all can be scored."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; what was forecast before has none of these figures, which is what NULL says."""
    for column in _columns():
        op.add_column("forecasts", column)


def _columns() -> tuple[sa.Column[Any], ...]:
    figures = ("sigma_error", "p_up_error", "p_target_error", "p_target_short_error")
    moves = ("expected_move", "expected_move_error")
    return (
        sa.Column("barrier_bars", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.Float(53), nullable=True) for name in figures + moves),
        sa.Column("bands", sa.Text(), nullable=True),
        sa.Column("band_errors", sa.Text(), nullable=True),
        sa.Column("matured", sa.BigInteger(), nullable=True),
        sa.Column("trust", sa.String(24), nullable=True),
    )
