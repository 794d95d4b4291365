"""The first schema: runs and what they leave behind, candles, strategies."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create all tables."""
    for create in (
        _runs,
        _candles,
        _strategies,
        _chat,
        _decisions,
        _equity,
        _fills,
        _forecasts,
        _orders,
        _positions,
        _trades,
    ):
        create()


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _word(name: str, nullable: bool = False) -> sa.Column[str]:
    """An enum's value."""
    return sa.Column(name, sa.String(24), nullable=nullable)


def _money(name: str, nullable: bool = False) -> sa.Column[str]:
    """A Decimal's digits."""
    return sa.Column(name, sa.String(64), nullable=nullable)


def _figure(name: str, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Float(53), nullable=nullable)


def _whole(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _candles() -> None:
    op.create_table(
        "candles",
        _text("source"),
        _text("symbol"),
        _word("timeframe"),
        _whole("open_ms"),
        _figure("open"),
        _figure("high"),
        _figure("low"),
        _figure("close"),
        _figure("volume"),
        sa.CheckConstraint("low <= high", name=op.f("ck_candles_low_high")),
        sa.CheckConstraint("volume >= 0", name=op.f("ck_candles_volume")),
        sa.PrimaryKeyConstraint("source", "symbol", "timeframe", "open_ms", name="pk_candles"),
        sqlite_with_rowid=False,
    )


def _runs() -> None:
    op.create_table(
        "runs",
        _text("run_id"),
        _word("mode"),
        _word("status"),
        _text("strategy_name"),
        _text("strategy"),
        _text("symbols"),
        _word("timeframe"),
        _text("source"),
        _whole("started_ms"),
        _whole("market_ms"),
        _money("initial"),
        _money("wallet"),
        _money("day_open_equity"),
        _money("peak_equity"),
        _whole("trades_today"),
        _money("fees_paid"),
        _text("feed_checkpoint"),
        sa.CheckConstraint("trades_today >= 0", name=op.f("ck_runs_trades_today")),
        sa.PrimaryKeyConstraint("run_id", name="pk_runs"),
    )
    op.create_index("ix_runs_mode_started_ms", "runs", ["mode", "started_ms"])


def _strategies() -> None:
    op.create_table(
        "strategies",
        _text("name"),
        _whole("version"),
        _text("document"),
        _whole("created_ms"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_strategies_version")),
        sa.PrimaryKeyConstraint("name", "version", name="pk_strategies"),
    )


def _chat() -> None:
    op.create_table(
        "chat",
        sa.Column("number", _SERIAL, nullable=False),
        _whole("at_ms"),
        _word("speaker"),
        _text("digest"),
        _text("text"),
        _text("run_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_chat_runs"),
        sa.PrimaryKeyConstraint("number", name="pk_chat"),
        sa.UniqueConstraint("run_id", "at_ms", "speaker", "digest", name="uq_chat"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        _text("run_id"),
        _text("symbol"),
        _whole("bar_ms"),
        _whole("at_ms"),
        _text("outcome"),
        _word("action"),
        _word("regime"),
        _figure("price", nullable=True),
        _figure("long_score", nullable=True),
        _figure("short_score", nullable=True),
        _figure("confidence", nullable=True),
        _text("reason"),
        _text("document"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_decisions_runs"),
        sa.PrimaryKeyConstraint("run_id", "symbol", "bar_ms", name="pk_decisions"),
    )


def _equity() -> None:
    op.create_table(
        "equity",
        _text("run_id"),
        _whole("at_ms"),
        _money("equity"),
        _money("wallet"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_equity_runs"),
        sa.PrimaryKeyConstraint("run_id", "at_ms", name="pk_equity"),
        sqlite_with_rowid=False,
    )


def _fills() -> None:
    op.create_table(
        "fills",
        _text("client_id"),
        _whole("at_ms"),
        _money("price"),
        _money("quantity"),
        _text("symbol"),
        _word("leg"),
        _word("side"),
        _money("fee"),
        _money("slippage"),
        _text("run_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_fills_runs"),
        sa.PrimaryKeyConstraint("client_id", "at_ms", "price", "quantity", name="pk_fills"),
    )


def _forecasts() -> None:
    op.create_table(
        "forecasts",
        _text("run_id"),
        _text("symbol"),
        _whole("bar_ms"),
        _whole("horizon_bars"),
        _whole("due_ms"),
        _text("model"),
        _flag("calibrated"),
        _figure("price", nullable=True),
        _figure("sigma", nullable=True),
        _figure("p_up", nullable=True),
        _figure("p_up_plain", nullable=True),
        _figure("p_target", nullable=True),
        _figure("p_stop", nullable=True),
        _figure("p_target_short", nullable=True),
        _figure("p_stop_short", nullable=True),
        _whole("paths"),
        _figure("p_up_paths", nullable=True),
        _figure("standard_error", nullable=True),
        _whole("resolved_ms", nullable=True),
        _figure("resolved_price", nullable=True),
        sa.CheckConstraint("bar_ms < due_ms", name=op.f("ck_forecasts_due_ms")),
        sa.CheckConstraint("horizon_bars >= 1", name=op.f("ck_forecasts_horizon_bars")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_forecasts_runs"),
        sa.PrimaryKeyConstraint("run_id", "symbol", "bar_ms", "horizon_bars", name="pk_forecasts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_forecasts_run_id_symbol_due_ms", "forecasts", ["run_id", "symbol", "due_ms"])


def _orders() -> None:
    op.create_table(
        "orders",
        _text("client_id"),
        _text("symbol"),
        _word("leg"),
        _word("side"),
        _word("position_side"),
        _money("quantity"),
        _whole("leverage"),
        _whole("bar_ms"),
        _whole("created_ms"),
        _figure("reference_price", nullable=True),
        _figure("stop_distance", nullable=True),
        _figure("target_distance", nullable=True),
        _figure("atr", nullable=True),
        _word("exit_reason", nullable=True),
        _text("reason"),
        _word("state"),
        _text("refusal", nullable=True),
        _text("run_id"),
        sa.CheckConstraint("leverage >= 1", name=op.f("ck_orders_leverage")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_orders_runs"),
        sa.PrimaryKeyConstraint("client_id", name="pk_orders"),
    )
    op.create_index("ix_orders_run_id_state", "orders", ["run_id", "state"])


def _positions() -> None:
    op.create_table(
        "positions",
        _text("run_id"),
        _text("symbol"),
        _whole("ordinal"),
        _word("side"),
        _money("quantity"),
        _whole("leverage"),
        _money("entry_price"),
        _whole("entry_ms"),
        _money("mark"),
        _money("stop", nullable=True),
        _money("target", nullable=True),
        _money("initial_stop", nullable=True),
        _word("stop_kind"),
        _money("liquidation"),
        _money("margin"),
        _money("fees"),
        _money("funding"),
        _money("slippage"),
        _figure("extreme", nullable=True),
        _figure("atr", nullable=True),
        _whole("bars"),
        _text("entry_id"),
        _text("entry_reason"),
        _money("unrealised"),
        sa.CheckConstraint("bars >= 0", name=op.f("ck_positions_bars")),
        sa.CheckConstraint("leverage >= 1", name=op.f("ck_positions_leverage")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_positions_runs"),
        sa.PrimaryKeyConstraint("run_id", "symbol", name="pk_positions"),
    )


def _trades() -> None:
    op.create_table(
        "trades",
        sa.Column("number", _SERIAL, nullable=False),
        _text("trade_id"),
        _text("symbol"),
        _word("side"),
        _whole("entry_ms"),
        _whole("exit_ms"),
        _money("entry_price"),
        _money("exit_price"),
        _money("quantity"),
        _whole("leverage"),
        _money("fees"),
        _money("funding"),
        _money("slippage"),
        _money("pnl"),
        _figure("return_pct", nullable=True),
        _figure("r", nullable=True),
        _whole("bars"),
        _word("reason"),
        _text("entry_reason"),
        _text("run_id"),
        sa.CheckConstraint("entry_ms <= exit_ms", name=op.f("ck_trades_entry_exit")),
        sa.CheckConstraint("leverage >= 1", name=op.f("ck_trades_leverage")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_trades_runs"),
        sa.PrimaryKeyConstraint("number", name="pk_trades"),
        sa.UniqueConstraint("run_id", "trade_id", name="uq_trades"),
    )
    op.create_index("ix_trades_run_id_exit_ms", "trades", ["run_id", "exit_ms"])
