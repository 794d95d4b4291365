"""A whole day of live trading on the practice exchange: does everything SIGMA wrote down equal the exchange's history?

`python tests/campaigns/live_day.py HOURS [STRATEGY] [SEED]`: eight markets, streams and readings, virtual time.
"""

import asyncio
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from sigma_engine.events import AlertRaised, OrderFilled, PositionClosed
from sigma_engine.practice.generated import generated
from sigma_engine.practice.listings import usual_listings
from tests.servers.agreement import disagreements
from tests.servers.live_market import live_market
from tests.servers.practice import KEY

START_MS = 1_767_571_200_000  # 2026-01-05 00:00:00 UTC
HOUR_MS = 3_600_000
STEP_MS = 20_000


async def day(hours: int, strategy: str, seed: int) -> list[str]:
    """What does not agree after ``hours``."""
    listings = usual_listings()
    sources = generated(listings, START_MS, seed=seed, step_ms=STEP_MS)
    with tempfile.TemporaryDirectory() as folder:
        async with live_market(Path(folder), listings, sources, START_MS, strategy=strategy) as world:
            for hour in range(hours):
                await world.wait(HOUR_MS)
                _tell(hour + 1, world.facts)
            await world.wait(60_000)
            return disagreements(world)


def _tell(hour: int, facts: list[object]) -> None:
    counted = Counter(type(fact).__name__ for fact in facts if isinstance(fact, OrderFilled | PositionClosed))
    alerts = [fact.text for fact in facts if isinstance(fact, AlertRaised)]
    sys.stdout.write(f"hour {hour}: {dict(counted)}, {len(alerts)} alerts {alerts[-1:]}\n")
    sys.stdout.flush()


def main() -> int:
    """0 where everything agrees."""
    os.environ |= {
        "WEEX_API_KEY": KEY.key,
        "WEEX_API_SECRET": KEY.secret,
        "WEEX_API_PASSPHRASE": KEY.passphrase,
    }
    hours, strategy, seed = (*sys.argv[1:], *("24", "sigma-fusion", "7")[len(sys.argv) - 1 :])
    wrong = asyncio.run(day(int(hours), strategy, int(seed)))
    sys.stdout.write("\n".join(wrong) + "\n" if wrong else "the database equals the exchange's history\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
