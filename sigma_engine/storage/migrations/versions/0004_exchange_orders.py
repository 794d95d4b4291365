"""Orders that rest at an exchange, executions by their own names, its statement, and how far an account may trade."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns and tables; what was kept before never was at an exchange, which is what the defaults say."""
    op.add_column("runs", sa.Column("account_id", sa.Text(), nullable=False, server_default=""))
    for column in _of_orders():
        op.add_column("orders", column)
    for column in _of_positions():
        op.add_column("positions", column)
    _fills()
    _bills()
    _standings()
    _drills()


def _of_orders() -> tuple[sa.Column[Any], ...]:
    return (
        *(sa.Column(name, sa.String(64), nullable=True) for name in ("trigger", "attached_stop", "attached_target")),
        sa.Column("attempt", sa.BigInteger(), nullable=False, server_default="1"),
        sa.Column("venue_id", sa.Text(), nullable=True),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.Column("filled", sa.String(64), nullable=False, server_default="0"),
    )


def _of_positions() -> tuple[sa.Column[Any], ...]:
    amounts = ("closed_quantity", "closed_value", "realised")
    return (
        *(sa.Column(name, sa.String(64), nullable=False, server_default="0") for name in amounts),
        sa.Column("protected_ms", sa.BigInteger(), nullable=True),
    )


def _fills() -> None:
    """Build the table anew around its rows: a primary key does not grow in place, and is worded the same everywhere."""
    kept = "client_id, at_ms, price, quantity, symbol, leg, side, fee, slippage, run_id"
    op.execute(f"CREATE TABLE fills_before AS SELECT {kept} FROM fills")
    op.drop_table("fills")
    op.create_table(
        "fills",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.String(64), nullable=False),
        sa.Column("quantity", sa.String(64), nullable=False),
        sa.Column("trade_id", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("leg", sa.String(24), nullable=False),
        sa.Column("side", sa.String(24), nullable=False),
        sa.Column("fee", sa.String(64), nullable=False),
        sa.Column("slippage", sa.String(64), nullable=False),
        sa.Column("realised", sa.String(64), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_fills_runs"),
        sa.PrimaryKeyConstraint("client_id", "at_ms", "price", "quantity", "trade_id", name="pk_fills"),
    )
    op.execute(f"INSERT INTO fills ({kept}, trade_id) SELECT {kept}, '' FROM fills_before")
    op.drop_table("fills_before")
    named = sa.text("trade_id <> ''")
    op.create_index(
        "ix_fills_run_id_symbol_trade_id",
        "fills",
        ["run_id", "symbol", "trade_id"],
        unique=True,
        sqlite_where=named,
        postgresql_where=named,
    )


def _bills() -> None:
    op.create_table(
        "bills",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("bill_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=True),
        sa.Column("amount", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_bills_runs"),
        sa.PrimaryKeyConstraint("run_id", "bill_id", name="pk_bills"),
    )


def _standings() -> None:
    op.create_table(
        "standings",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("latched", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_standings"),
    )


def _drills() -> None:
    op.create_table(
        "drills",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("entries_stopped_ms", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_ms", sa.BigInteger(), nullable=True),
        sa.Column("flat_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account", "at_ms", name="pk_drills"),
    )
