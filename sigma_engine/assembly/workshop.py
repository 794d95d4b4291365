"""Builds strategies and traders for a session while it runs."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sigma_engine.catalog import PRESETS, RULES
from sigma_engine.clock import system_ms
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, Leg, Order
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.domain.position import Position
from sigma_engine.domain.run import Mode, RunState, RunStatus
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.execution.book import Book
from sigma_engine.execution.orders import exit_id
from sigma_engine.execution.paper import FundingRates, PaperVenue
from sigma_engine.market import quality
from sigma_engine.probability.models import model_named
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.costs import Costs
from sigma_engine.risk.gates import GateSwitches
from sigma_engine.risk.sizing import Caution, SizingPolicy, Terms
from sigma_engine.safety.limits import Limits
from sigma_engine.session.mandate import Mandate
from sigma_engine.session.ports import Feed
from sigma_engine.session.trader import Trader
from sigma_engine.session.workshop import StrategyChoice
from sigma_engine.settings import Settings
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.plan import compile_plan
from sigma_engine.strategy.spec import StrategySpec, load_spec
from sigma_engine.strategy.spec_parts import SizeType


class PaperWorkshop:
    """Implements `session.workshop.Workshop` for simulated accounts in one market."""

    def __init__(self, settings: Settings, timeframe: Timeframe, instruments: Mapping[str, Instrument]) -> None:
        self._settings, self._timeframe = settings, timeframe
        self._arithmetic = {symbol: Arithmetic(instrument) for symbol, instrument in instruments.items()}
        self._costs = _costs(settings)

    def strategies(self) -> tuple[str, ...]:
        """The presets."""
        return PRESETS

    def strategy(self, name: str) -> StrategyChoice:
        """A preset or a spec file, deciding on this market's candles whatever timeframe it names."""
        spec = load_strategy(name)
        return self._choice(name if name in PRESETS else spec.name, spec)

    def restored(self, name: str, document: str) -> StrategyChoice:
        """The strategy of a stored run."""
        return self._choice(name, load_spec(document))

    def _choice(self, name: str, spec: StrategySpec) -> StrategyChoice:
        spec = spec.model_copy(update={"timeframe": self._timeframe})
        return StrategyChoice(name=name, document=spec.model_dump_json(), mandate=self._mandate(spec))

    def fresh_run(self, previous: RunState) -> RunState:
        """A new run where the previous one stands, with the paper balance."""
        balance = self._settings.paper_balance
        return replace(
            previous,
            run_id=new_run_id(),
            status=RunStatus.RUNNING,
            started_ms=system_ms(),
            initial=balance,
            wallet=balance,
            day_open_equity=balance,
            peak_equity=balance,
            trades_today=0,
            fees_paid=ZERO,
        )

    def trader(self, run: RunState, positions: Sequence[Position], orders: Sequence[Order], mandate: Mandate) -> Trader:
        """The trader of ``run`` on a paper venue that holds its positions and waiting orders."""
        trader = paper_trader(run, mandate, self._arithmetic, positions=positions)
        for order in orders:
            if order.leg is Leg.ENTRY or _closes(order, positions):
                trader.venue.submit(order)
        return trader

    def _mandate(self, spec: StrategySpec) -> Mandate:
        gates = GateSwitches(edge=spec.gates.edge, probability=spec.gates.probability, kelly=spec.gates.kelly)
        terms = Terms(
            policy=self._policy(spec),
            limits=self._limits(spec),
            costs=self._costs,
            caution=_caution(self._settings),
        )
        return Mandate(
            plan=compile_plan(spec),
            gates=gates,
            terms=terms,
            rules=RULES,
            model=model_named(self._settings.forecast_model),
        )

    def _policy(self, spec: StrategySpec) -> SizingPolicy:
        size = spec.position_size
        amounts = {size.type: size.value} if size is not None else {}
        share = amounts.get(SizeType.PERCENT_EQUITY)
        return SizingPolicy(
            risk_fraction=spec.risk_per_trade_pct / 100,
            leverage=spec.leverage,
            kelly_share=self._settings.kelly_fraction,
            kelly_gate=spec.gates.kelly,
            fixed_quantity=amounts.get(SizeType.BASE),
            fixed_notional=amounts.get(SizeType.QUOTE),
            margin_fraction=share / 100 if share is not None else None,
        )

    def _limits(self, spec: StrategySpec) -> Limits:
        settings = self._settings
        return Limits(
            max_positions=spec.max_positions,
            max_trades_per_day=spec.max_trades_per_day,
            max_daily_loss_fraction=min(spec.max_daily_loss_pct / 100, settings.daily_loss_limit),
            cooldown_ms=spec.cooldown_bars * self._timeframe.interval_ms,
            max_leverage=settings.max_leverage,
            max_risk_fraction=settings.max_risk_per_trade,
            max_position_margin_fraction=settings.max_position_margin_fraction,
        )


def paper_trader(
    run: RunState,
    mandate: Mandate,
    arithmetic: Mapping[str, Arithmetic],
    *,
    positions: Sequence[Position] = (),
    funding: FundingRates | None = None,
    latency_bars: int = 0,
) -> Trader:
    """The trader of ``run`` where it stands, on a paper venue that costs what ``mandate`` reckons with."""
    account = Portfolio(
        at_ms=run.market_ms,
        wallet=run.wallet,
        positions=tuple(positions),
        initial=run.initial,
        day_open_equity=run.day_open_equity,
        peak_equity=run.peak_equity,
        trades_today=run.trades_today,
        fees_paid=run.fees_paid,
    )
    interval_ms = run.timeframe.interval_ms
    book = Book(account, arithmetic, interval_ms)
    venue = PaperVenue(book, mandate.terms.costs, interval_ms, funding, latency_bars)
    return Trader(run.run_id, run.timeframe, mandate, book, venue, quality.check)


def _costs(settings: Settings) -> Costs:
    return Costs(settings.fee_bps / 10_000, settings.slippage_bps / 10_000, settings.spread_bps / 10_000)


def _caution(settings: Settings) -> Caution:
    return Caution(
        volatility_target=settings.volatility_target,
        volatility_cap=settings.volatility_cap,
        gap_share=settings.gap_allowance,
        depth_share=settings.depth_share,
    )


def _closes(order: Order, positions: Sequence[Position]) -> bool:
    """Whether an exit that waited belongs to a position that is still held."""
    reason = order.exit_reason or ExitReason.MANUAL
    return any(order.client_id == exit_id(position, reason) for position in positions)


def first_run(mode: Mode, choice: StrategyChoice, feed: Feed, balance: Decimal) -> RunState:
    """A run that begins behind the history of ``feed`` with ``balance`` USDT."""
    started_ms = system_ms()
    stamps = [int(candles.open_ms[-1]) for candles in feed.history().values() if len(candles)]
    return RunState(
        run_id=new_run_id(),
        mode=mode,
        status=RunStatus.RUNNING,
        strategy_name=choice.name,
        strategy=choice.document,
        symbols=tuple(feed.instruments),
        timeframe=feed.timeframe,
        source=feed.source,
        started_ms=started_ms,
        market_ms=max(stamps, default=started_ms - feed.timeframe.interval_ms) + feed.timeframe.interval_ms,
        initial=balance,
        wallet=balance,
        day_open_equity=balance,
        peak_equity=balance,
        trades_today=0,
        fees_paid=ZERO,
        feed_checkpoint=feed.checkpoint(),
    )


def new_run_id() -> str:
    """An id no other run has; it sorts by the time it was made."""
    return f"{system_ms():013x}{secrets.token_hex(4)}"
