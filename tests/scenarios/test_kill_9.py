"""kill -9 of the running program at the boundaries of an entry's life (reliability.md §2.3).

Every run kills at the first three; with SIGMA_ALL_FAULTS at all 14. `make kills` also varies what became of the entry.
"""

import asyncio
import signal

import pytest

from tests.servers.crashes import Boundary
from tests.servers.kills import Life, differences

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")

SEED, AT_ONCE = 1, 6
TELLING = [
    Boundary.MID_BODY,
    Boundary.AFTER_SEND,
    Boundary.BEFORE_FILL,
    Boundary.CHECKPOINT,
    Boundary.AFTER_RECORD,
]
BOUNDARIES = [*TELLING, *(boundary for boundary in Boundary if boundary not in TELLING)]


@pytest.fixture(scope="module")
def lives(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[Boundary | None, Life]:
    """A life without a death, and one with a death at each boundary this run asks for; some at a time."""
    asked = [item.callspec.params["boundary"] for item in request.session.items if item.path == request.path]
    played = {boundary: Life(boundary, SEED, tmp_path_factory.mktemp("life")) for boundary in (None, *asked)}

    async def play() -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(life: Life) -> None:
            async with turns:
                await life.play()

        await asyncio.gather(*map(one, played.values()))

    asyncio.run(play())
    return played


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_the_program_started_again_comes_to_where_it_would_have_come(
    lives: dict[Boundary | None, Life], boundary: Boundary
) -> None:
    killed, spared = lives[boundary], lives[None]
    for life in (spared, killed):
        if life.failure is not None:
            raise life.failure
    assert differences(killed, spared) == []
