"""A live session without a window tells a person whose money it trades, how the account stands, and how it ended."""

import asyncio
import re
from pathlib import Path

from tests.servers.practice import KEY
from tests.servers.processes import Ended, exchange, run_live, typed


def test_a_live_session_says_how_it_begins_and_how_it_ends(tmp_path: Path) -> None:
    async def act() -> tuple[str, Ended]:
        async with exchange() as url:
            return url, await run_live(url, tmp_path, typed(KEY), "--symbols", "BTC", "--for", "4")

    url, ended = asyncio.run(act())
    assert (ended.code, ended.err) == (0, "")
    told = [line.partition("  ")[2] for line in ended.out.splitlines()]
    assert re.fullmatch(rf"live at WEEX \({url}\), practice money, account [0-9a-f]{{8}}", told[0])
    assert told[1:5] == [
        "strategy sigma-fusion on 5m candles of BTC/USDT",
        "balance 10,000.00 USDT, equity 10,000.00 USDT, nothing is held",
        "account reconciling: comparing with what the exchange holds",
        "running",
    ]
    assert {"account active", "feed 1 market over streams"} <= set(told[5:-4])
    assert told[-4:] == [
        "ended: SIGMA was closed",
        "no trade was closed, fees 0.00 USDT",
        "balance 10,000.00 USDT, equity 10,000.00 USDT, nothing is held",
        "account active",
    ]
    log = (tmp_path / "logs" / "engine.log").read_text("utf-8")
    assert "account active" in log
    for secret in (KEY.key, KEY.secret, KEY.passphrase):
        assert secret not in log
