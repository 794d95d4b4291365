"""`sigma-engine download`, from the words to the candles in the data folder."""

import asyncio
import json
from pathlib import Path

import pytest

from sigma_engine.cli import main
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.store import SqliteStore
from tests.servers.venues import Fault, Venue

KEYS = {
    "venue", "symbol", "timeframe", "rows", "candles", "first_ms", "last_ms", "gaps", "missing_bars", "duplicates",
    "out_of_order", "off_grid", "rejected_rows", "rejected", "notes",
}  # fmt: skip
DAY_MS = 86_400_000
JUNE_1_MS = 1_748_736_000_000


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], weex: Venue):
    """Run `download` on the loopback venue; its exit code, stdout and stderr."""

    def run(**options: str) -> tuple[int, str, str]:
        given = {"venue": "weex", "symbol": "btc", "timeframe": "5m", "since": "2025-06-01", "venue-url": weex.url}
        words = [word for name, value in (given | options).items() for word in (f"--{name}", value)]
        with pytest.raises(SystemExit) as left:
            main(["download", *words, "--json"])
        return int(left.value.code or 0), *capsys.readouterr()

    return run


def kept(folder: Path, source: str = "weex") -> list[int]:
    async def ask() -> list[int]:
        store = SqliteStore.open(folder / "sigma.db")
        try:
            return (await store.candles(source, "BTC/USDT:USDT", Timeframe.M5)).open_ms.tolist()
        finally:
            await store.close()

    return asyncio.run(ask())


def test_the_report_is_that_of_an_import_and_the_candles_are_kept(command, tmp_path: Path) -> None:
    code, out, err = command(until="2025-06-03")
    assert (code, err) == (0, "")
    report = json.loads(out)
    assert set(report) == KEYS
    assert (report["venue"], report["symbol"], report["timeframe"]) == ("weex", "BTC/USDT:USDT", "5m")
    assert (report["rows"], report["first_ms"], report["last_ms"]) == (576, JUNE_1_MS, JUNE_1_MS + 2 * DAY_MS - 300_000)
    assert (report["gaps"], report["duplicates"], report["rejected"]) == ([], 0, [])
    assert kept(tmp_path / "home") == list(range(JUNE_1_MS, JUNE_1_MS + 2 * DAY_MS, 300_000))


def test_a_second_download_adds_to_the_first(command, tmp_path: Path) -> None:
    command(until="2025-06-02")
    command(since="2025-06-01T12:00", until="2025-06-03")
    assert kept(tmp_path / "home") == list(range(JUNE_1_MS, JUNE_1_MS + 2 * DAY_MS, 300_000))


def test_a_venue_that_gives_up_half_way_leaves_nothing(command, weex: Venue, tmp_path: Path) -> None:
    weex.fail("historyKlines", Fault(), Fault(403, "forbidden"))
    code, out, err = command(until="2025-06-03")
    assert (code, out) == (1, "")
    assert err == (
        "WEEX does not serve this network (HTTP 403), perhaps because of its location: choose another exchange.\n"
    )
    assert kept(tmp_path / "home") == []


def test_it_works_beside_a_session(command, tmp_path: Path) -> None:
    with DataFolder.open(tmp_path / "home") as folder:
        session = SqliteStore.open(folder.database)
        try:
            code, _, err = command(until="2025-06-02")
        finally:
            asyncio.run(session.close())
    assert (code, err) == (0, "")
    assert len(kept(tmp_path / "home")) == 288


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"venue": "bibit"}, "Did you mean bybit?"),
        ({"timeframe": "7m"}, "--timeframe 7m is none SIGMA knows; there is 1m, 3m"),
        ({"timeframe": "2h"}, "WEEX has no 2h candles: choose one of"),
        ({"symbol": "b/t/c"}, "'b/t/c' is no market SIGMA can read"),
        ({"symbol": "btt"}, "WEEX has no BTT/USDT perpetual. Did you mean BTC? There is: BTC, ETH, SOL, DOGE."),
        ({"since": "yesterday"}, "--since yesterday is no date: write it like 2025-03-01"),
        ({"since": "2031-01-01"}, "2031-01-01 00:00 UTC lies in the future (2025-06-11 07:01 UTC now)"),
        ({"until": "2025-05-01"}, "2025-05-01 00:00 UTC does not come after 2025-06-01 00:00 UTC"),
    ],
)
def test_a_mistake_gets_one_sentence(command, tmp_path: Path, options: dict[str, str], sentence: str) -> None:
    code, out, err = command(**options)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert not (tmp_path / "home" / "sigma.db").exists()
