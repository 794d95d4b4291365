"""kill -9 of the running program at all 14 boundaries of an entry's life x 6 fates at the exchange; prints every cell.

Each life is started twice more at its end, which must add nothing. Arguments are the seeds, 1 where there is none.
"""

import asyncio
import itertools
import sys
import tempfile
from pathlib import Path

from tests.servers.crashes import Boundary, Truth
from tests.servers.kills import Life, differences

AT_ONCE, STARTS_MORE = 6, 2


async def _of_seed(seed: int, folder: Path) -> int:
    """Play every cell; how many do not agree."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def life(boundary: Boundary | None, truth: Truth) -> Life:
        async with turns:
            place = folder / f"{boundary} · {truth}"
            place.mkdir()
            lived = Life(boundary, seed, place, truth)
            await lived.play(STARTS_MORE)
            return lived

    async def cell(boundary: Boundary, truth: Truth) -> bool:
        killed, other = await life(boundary, truth), await spared[truth]
        failure = killed.failure or other.failure
        wrong = str(failure) if failure else "; ".join(differences(killed, other))
        sys.stdout.write(f"seed {seed} · {truth} · {boundary}: {'; '.join(killed.found)}: {wrong or 'agrees'}\n")
        sys.stdout.flush()
        return bool(wrong)

    spared = {truth: asyncio.ensure_future(life(None, truth)) for truth in Truth}
    return sum(await asyncio.gather(*itertools.starmap(cell, itertools.product(Boundary, Truth))))


def main() -> int:
    """0 where every life came to what it would have come to."""
    seeds, failed = [int(each) for each in sys.argv[1:]] or [1], 0
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            failed += asyncio.run(_of_seed(seed, Path(folder)))
    cells = len(seeds) * len(Boundary) * len(Truth)
    sys.stdout.write(f"{cells - failed} of {cells} agree\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
