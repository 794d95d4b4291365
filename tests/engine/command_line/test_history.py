"""`history`: what is kept, and forgetting some of it."""

from pathlib import Path

from sigma_engine.storage.folder import DataFolder

START_MS = 1_748_736_000_000


def test_every_series_is_listed_with_its_holes(sigma_engine, candles: Path, write_candles, tmp_path: Path) -> None:
    other = write_candles(tmp_path / "ETHUSDT-5m-walk.csv", 50)
    lines = other.read_text("utf-8").splitlines(keepends=True)
    other.write_text("".join(lines[:11] + lines[14:]), "utf-8")
    sigma_engine("import", candles, other)
    assert sigma_engine("history", "--json").document == {
        "series": [
            {
                "source": "import",
                "symbol": "BTC/USDT:USDT",
                "timeframe": "5m",
                "candles": 600,
                "first_ms": START_MS,
                "last_ms": START_MS + 599 * 300_000,
                "missing_bars": 0,
                "gaps": [],
            },
            {
                "source": "import",
                "symbol": "ETH/USDT:USDT",
                "timeframe": "5m",
                "candles": 47,
                "first_ms": START_MS,
                "last_ms": START_MS + 49 * 300_000,
                "missing_bars": 3,
                "gaps": [{"after_ms": START_MS + 9 * 300_000, "missing": 3}],
            },
        ]
    }


def test_for_people_it_is_a_table_or_a_way_to_fill_it(sigma_engine, candles: Path) -> None:
    assert "sigma-engine download" in sigma_engine("history").out
    sigma_engine("import", candles)
    answer = sigma_engine("history")
    assert "import:BTC/USDT:5m" in answer.out
    assert "2025-06-01 00:00" in answer.out


def test_a_series_is_forgotten_by_either_form_of_its_name(sigma_engine, candles: Path) -> None:
    for name in ("import:BTC/USDT:5m", "import:btc/usdt:usdt:5m"):
        sigma_engine("import", candles)
        assert sigma_engine("history", "--delete", name, "--json").document == {
            "deleted": {"source": "import", "symbol": "BTC/USDT:USDT", "timeframe": "5m"},
            "candles": 600,
        }
        assert sigma_engine("history", "--json").document == {"series": []}


def test_a_series_that_is_not_there_is_refused_with_the_choice(sigma_engine, candles: Path) -> None:
    sigma_engine("import", candles)
    answer = sigma_engine("history", "--delete", "weex:BTC/USDT:5m")
    assert answer.code == 2
    assert answer.err == "--delete weex:BTC/USDT:5m is no series that is kept. There is: import:BTC/USDT:5m.\n"
    assert len(sigma_engine("history", "--json").document["series"]) == 1


def test_it_can_be_seen_beside_a_session_but_not_taken_from_it(sigma_engine, candles: Path, tmp_path: Path) -> None:
    sigma_engine("import", candles)
    with DataFolder.open(tmp_path / "home"):
        assert len(sigma_engine("history", "--json").document["series"]) == 1
        answer = sigma_engine("history", "--delete", "import:BTC/USDT:5m")
    assert answer.code == 1
    assert "in use by another SIGMA" in answer.err
