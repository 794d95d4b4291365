from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.bridge.trail import Trail


def test_it_forgets_the_oldest_and_knows_how_many_there_were() -> None:
    trail = Trail(range(5), kept=3)
    assert (list(trail), len(trail), trail.added) == ([2, 3, 4], 3, 5)


@given(st.integers(1, 40), st.integers(0, 60), st.lists(st.integers(0, 12), max_size=30))
def test_those_who_look_often_enough_miss_nothing_however_it_forgets(kept: int, begun: int, steps: list[int]) -> None:
    trail = Trail(range(begun), kept)
    seen, heard = trail.added, list(range(begun))
    for step in steps:
        for item in range(trail.added, trail.added + min(step, kept)):
            trail.append(item)
        heard += trail.since(seen)
        seen = trail.added
        assert kept <= len(trail) + (kept - min(kept, trail.added)) <= kept + max(1, kept // 8)
        assert list(trail) == list(range(trail.added))[-len(trail) :] if len(trail) else not trail.added
    assert heard == list(range(trail.added))


def test_what_is_taken_away_is_not_offered_again() -> None:
    trail = Trail(range(6))
    assert trail.take_oldest(4) == [0, 1, 2, 3]
    assert (list(trail), trail.added, trail.since(0), trail.since(5)) == ([4, 5], 6, [4, 5], [5])
