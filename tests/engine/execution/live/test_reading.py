"""How often an exchange is read."""

from sigma_engine.errors import VenueBusy, VenueError
from sigma_engine.execution.live.reading import Pace

START = 1_700_000_000_000


def test_in_haste_it_reads_at_once_and_never_so_often_that_the_rate_is_used_up() -> None:
    pace, now_ms, begun = Pace(), START, []
    while now_ms < START + 60_000:
        pace.begin(now_ms)
        begun.append(now_ms)
        now_ms += pace.gap_ms(now_ms)
    assert begun[3] - begun[0] == 300
    most = max(sum(1 for each in begun if first <= each < first + 11_000) for first in begun)
    assert most <= 14
    assert sum(1 for each in begun if each >= START + 30_000) <= 24


def test_a_failing_exchange_is_asked_ever_later_and_sooner_where_something_is_at_stake() -> None:
    pace = Pace()
    for _ in range(12):
        pace.failed(VenueError("it is silent"), START)
    assert pace.next_ms(START, unsettled=False, holding=False) == START + 30_000
    assert pace.next_ms(START, unsettled=False, holding=True) == START + 5_000
    pace.failed(VenueBusy("it wants silence", START + 60_000), START)
    assert pace.next_ms(START, unsettled=True, holding=True) == START + 60_000
