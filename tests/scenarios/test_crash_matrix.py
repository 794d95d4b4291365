"""Death at every boundary of an order's life (reliability.md §2.3); `make crashes` plays all 336 cells."""

import asyncio
from pathlib import Path

import pytest

from tests.servers.crashes import Boundary, Deed, Story, Truth

OTHERS = [
    (Deed.EXIT, Truth.NEVER, Boundary.AFTER_INTENT),
    (Deed.EXIT, Truth.FILLED, Boundary.AFTER_SEND),
    (Deed.EXIT, Truth.PARTIAL, Boundary.BEFORE_FILL),
    (Deed.MOVE, Truth.RESTING, Boundary.AFTER_ACK_READ),
    (Deed.MOVE, Truth.STOPPED, Boundary.AFTER_INTENT),
    (Deed.MOVE, Truth.REJECTED, Boundary.BEFORE_ACK),
    (Deed.FLATTEN, Truth.NEVER, Boundary.AFTER_INTENT),
    (Deed.FLATTEN, Truth.FILLED, Boundary.AFTER_SEND),
    (Deed.FLATTEN, Truth.PARTIAL, Boundary.BEFORE_FILL),
]


def _agrees(deed: Deed, truth: Truth, boundary: Boundary, folder: Path) -> None:
    story = Story(deed, truth, boundary, folder)
    assert asyncio.run(story.play()) == []


@pytest.mark.parametrize("boundary", Boundary)
def test_an_entry_that_was_executed_survives_death_at_every_boundary(boundary: Boundary, tmp_path: Path) -> None:
    _agrees(Deed.ENTRY, Truth.FILLED, boundary, tmp_path)


@pytest.mark.parametrize("truth", [truth for truth in Truth if truth is not Truth.FILLED])
def test_an_entry_whose_answer_died_with_the_process_survives_every_fate(truth: Truth, tmp_path: Path) -> None:
    _agrees(Deed.ENTRY, truth, Boundary.AFTER_SEND, tmp_path)


@pytest.mark.parametrize(("deed", "truth", "boundary"), OTHERS)
def test_exits_moved_stops_and_emergencies_survive_too(
    deed: Deed, truth: Truth, boundary: Boundary, tmp_path: Path
) -> None:
    _agrees(deed, truth, boundary, tmp_path)
