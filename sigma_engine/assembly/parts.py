"""A session of parts that are ready, whatever market and account they belong to."""

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sigma_engine.ai.offline.assistant import OfflineAssistant
from sigma_engine.assembly.facts import SessionFacts
from sigma_engine.assembly.markets import SimulatedFeed
from sigma_engine.domain.account import Drill
from sigma_engine.domain.run import Funds, Mode, RunState, RunStatus
from sigma_engine.execution.standings import Standings
from sigma_engine.session.ports import Correspondent, StoredRun
from sigma_engine.session.session import Parts, Session
from sigma_engine.session.workshop import StrategyChoice, Workshop
from sigma_engine.storage.store import SqliteStore

if TYPE_CHECKING:
    from sigma_engine.exchanges.feed import ExchangeFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class AtExchange:
    """What a session has besides where its market is an exchange's; the fields are those of `Parts`."""

    venue: str
    standings: Standings | None = None
    correspondent: Correspondent | None = None
    funds: Funds | None = None
    protects: bool = True
    drill: Drill | None = None


NOWHERE = AtExchange(venue="")


async def put_together(
    run: RunState,
    choice: StrategyChoice,
    feed: "SimulatedFeed | ExchangeFeed",
    store: SqliteStore,
    workshop: Workshop,
    stored: StoredRun | None = None,
    notice: str = "",
    exchange: AtExchange = NOWHERE,
) -> Session:
    """A session of these parts, which own nothing else; warming its readers up takes a moment: in a thread."""
    facts = SessionFacts(store)
    if run.status is RunStatus.ENDED:
        run = replace(run, status=RunStatus.RUNNING)  # it was closed in order, and goes on now
    latched = None if run.mode is Mode.REPLAY else await store.standing(run.account)
    parts = Parts(
        run=run,
        strategy=choice,
        feed=feed,
        clock=feed.clock,
        store=store,
        workshop=workshop,
        assistant=OfflineAssistant(facts),
        standings=exchange.standings or Standings(latched, run.market_ms),
        correspondent=exchange.correspondent,
        venue=exchange.venue,
        funds=exchange.funds,
        protects=exchange.protects,
        drill=exchange.drill,
        stored=stored,
        notice=notice,
    )
    session = await asyncio.to_thread(Session, parts)
    facts.watch(session.snapshot)
    return session
