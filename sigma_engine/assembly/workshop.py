"""Builds strategies and traders for a session while it runs."""

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
from sigma_engine.execution.funding import AnnouncedFunding
from sigma_engine.execution.orders import exit_id
from sigma_engine.execution.paper import FundingRates, PaperVenue
from sigma_engine.market import quality
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.session.mandate import Mandate
from sigma_engine.session.mandates import mandate_of, settings_costs
from sigma_engine.session.ports import Feed
from sigma_engine.session.run_id import new_run_id
from sigma_engine.session.trader import Trader
from sigma_engine.session.workshop import StrategyChoice
from sigma_engine.settings import Settings
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.spec import StrategySpec, load_spec


class StrategyShelf:
    """The half of a `session.workshop.Workshop` that needs no account: strategies on the candles of one market."""

    def __init__(self, settings: Settings, timeframe: Timeframe, instruments: Mapping[str, Instrument]) -> None:
        self._settings, self._timeframe = settings, timeframe
        self._arithmetic = {symbol: Arithmetic(instrument) for symbol, instrument in instruments.items()}
        self._costs = settings_costs(settings)

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
        mandate = mandate_of(spec, self._settings, self._timeframe, self._costs, RULES)
        return StrategyChoice(name=name, document=spec.model_dump_json(), mandate=mandate)


class PaperWorkshop(StrategyShelf):
    """Implements `session.workshop.Workshop` for simulated accounts in one market; ``announced`` is its funding."""

    def __init__(
        self,
        settings: Settings,
        timeframe: Timeframe,
        instruments: Mapping[str, Instrument],
        announced: AnnouncedFunding | None = None,
    ) -> None:
        super().__init__(settings, timeframe, instruments)
        self._announced = announced

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
        trader = paper_trader(run, mandate, self._arithmetic, positions=positions, announced=self._announced)
        for order in orders:
            if order.leg is Leg.ENTRY or _closes(order, positions):
                trader.venue.submit(order)
        return trader


def paper_trader(
    run: RunState,
    mandate: Mandate,
    arithmetic: Mapping[str, Arithmetic],
    *,
    positions: Sequence[Position] = (),
    funding: FundingRates | None = None,
    latency_bars: int = 0,
    announced: AnnouncedFunding | None = None,
) -> Trader:
    """The trader of ``run`` where it stands, on a paper venue that costs what ``mandate`` reckons with."""
    interval_ms = run.timeframe.interval_ms
    book = Book(account_of(run, positions), arithmetic, interval_ms)
    venue = PaperVenue(book, mandate.terms.costs, interval_ms, funding, latency_bars, announced)
    return Trader(run.run_id, run.timeframe, mandate, book, venue, quality.check)


def account_of(run: RunState, positions: Sequence[Position]) -> Portfolio:
    """The account of ``run`` where it stands."""
    return Portfolio(
        at_ms=run.market_ms,
        wallet=run.wallet,
        positions=tuple(positions),
        initial=run.initial,
        day_open_equity=run.day_open_equity,
        peak_equity=run.peak_equity,
        trades_today=run.trades_today,
        fees_paid=run.fees_paid,
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
