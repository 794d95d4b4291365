"""All 336 cells of the crash matrix: 14 boundaries x 6 fates at the exchange x 4 deeds; prints what does not agree."""

import asyncio
import itertools
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.servers.crashes import Boundary, Deed, Story, Truth


def main() -> int:
    """Play every cell; 0 where all agree."""
    failed, reached = 0, Counter[Deed]()
    for deed, truth, boundary in itertools.product(Deed, Truth, Boundary):
        with tempfile.TemporaryDirectory() as folder:
            story = Story(deed, truth, boundary, Path(folder))
            wrong = asyncio.run(story.play())
        reached[deed] += story.reached
        failed += bool(wrong)
        if wrong:
            sys.stdout.write(f"{deed} · {truth} · {boundary}: {'; '.join(wrong)}\n")
            sys.stdout.flush()
    cells = len(Deed) * len(Truth) * len(Boundary)
    sys.stdout.write(
        f"{cells - failed} of {cells} agree; the process died in {reached.total()} of them {dict(reached)}\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
