"""The table of venues agrees with what ccxt says of each."""

import subprocess
import sys

import ccxt
import pytest

from sigma_engine.domain.fees import VENUE_FEES
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import InputError, UnknownVenue
from sigma_engine.exchanges.profiles import VENUES, VenueProfile, venue_named

every_venue = pytest.mark.parametrize("venue", VENUES, ids=lambda venue: venue.name)


@every_venue
def test_ccxt_has_the_venue_its_candles_and_its_clock(venue: VenueProfile) -> None:
    client = getattr(ccxt, venue.ccxt_id)()
    assert client.has["swap"]
    assert client.has["fetchOHLCV"]
    assert client.has["fetchTime"]
    assert set(venue.timeframes) <= set(client.timeframes)


def test_weex_has_the_candles_of_its_contracts_not_those_of_its_spot_market() -> None:
    contract = set(ccxt.weex().options["timeframes"]["contract"])
    assert set(venue_named("weex").timeframes) == contract & set(Timeframe)


@every_venue
def test_no_call_asks_for_more_than_ccxt_says_the_venue_gives(venue: VenueProfile) -> None:
    limit = getattr(ccxt, venue.ccxt_id)().features["swap"]["linear"]["fetchOHLCV"]["limit"]
    most = venue.newest_per_call or venue.candles_per_call
    # Binance gives 1,500 by its own documents, ccxt asks for 1,000 at most and names its default.
    assert most <= (1_000 if venue.name == "binance" else limit)


def test_every_venue_with_fees_to_choose_has_candles_to_fetch() -> None:
    assert tuple(venue.fees for venue in VENUES) == VENUE_FEES


@every_venue
def test_fees_are_basis_points(venue: VenueProfile) -> None:
    assert 0 <= venue.fees.maker_bps < venue.fees.taker_bps < 15


def test_names_are_read_in_any_case_and_the_nearest_is_named() -> None:
    assert venue_named(" WEEX ").title == "WEEX"
    with pytest.raises(
        UnknownVenue, match=r"'binnance' is no exchange SIGMA knows. Did you mean binance\? There is: weex"
    ):
        venue_named("binnance")


def test_a_timeframe_the_venue_lacks_is_refused_with_the_choice() -> None:
    with pytest.raises(InputError, match="choose one of 1m, 5m, 15m, 30m, 1h, 4h, 1d"):
        venue_named("weex").require(Timeframe.M3)


@pytest.mark.parametrize("module", ["sigma_engine.cli", "sigma_engine.assembly.downloads", "sigma_desktop"])
def test_ccxt_takes_its_third_of_a_second_only_in_a_download(module: str) -> None:
    probe = f"import sys, {module}; print('ccxt' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
