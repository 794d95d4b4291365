"""Every backtest is kept as a trial of its strategy's family."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "trials",
        sa.Column("trial_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("symbols", sa.Text(), nullable=False),
        sa.Column("timeframe", sa.String(24), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("engine", sa.String(24), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=True),
        sa.Column("to_ms", sa.BigInteger(), nullable=True),
        sa.Column("data_hash", sa.Text(), nullable=False),
        sa.Column("trades", sa.BigInteger(), nullable=False),
        sa.Column("total_return_pct", sa.Float(53), nullable=False),
        sa.Column("max_drawdown_pct", sa.Float(53), nullable=False),
        sa.Column("sharpe", sa.Float(53), nullable=True),
        sa.Column("profit_factor", sa.Float(53), nullable=True),
        sa.Column("luck", sa.String(24), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_trials_number")),
        sa.CheckConstraint("trades >= 0", name=op.f("ck_trials_trades")),
        sa.PrimaryKeyConstraint("trial_id", name="pk_trials"),
        sa.UniqueConstraint("number", name="uq_trials"),
    )
    op.create_index("ix_trials_family", "trials", ["family"])
