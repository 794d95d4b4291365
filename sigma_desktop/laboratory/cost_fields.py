"""Account, costs and engine as fields, and the engine's nouns made of them."""

from collections.abc import Mapping
from decimal import Decimal

from sigma_desktop.laboratory.fields import YES, Field, Kind, number_text, value_of
from sigma_engine import VENUE_FEES, CostChoice, Defaults, Engine, SlippageModel

ACCOUNT, COSTS, RUN = "Account", "Costs", "How it is run"
AS_SET, OWN = "settings", "own"

_FEES = (
    (AS_SET, "As in the settings"),
    *((fees.venue, fees.title) for fees in VENUE_FEES),
    (OWN, "Own figures"),
)
_MODELS = (
    (SlippageModel.FIXED.value, "Fixed"),
    (SlippageModel.VOLATILITY.value, "Fixed and a share of ATR"),
    (SlippageModel.MEASURED.value, "Measured from own fills"),
)
_ENGINES = (
    (Engine.COMPILED.value, "Compiled: at once"),
    (Engine.SESSION.value, "As the session: candle by candle, slow"),
)


def _bps(key: str, title: str, hint: str, unit: str = "bp a side") -> Field:
    return Field(key=key, title=title, kind=Kind.REAL, group=COSTS, unit=unit, hint=hint, low=0, high=100)


CAPITAL = Field(
    key="capital",
    title="Capital",
    kind=Kind.REAL,
    group=ACCOUNT,
    unit="USDT",
    blank="as in the settings",
    hint="What the account begins with.",
    low=10,
    high=10_000_000,
)
FEES = Field(
    key="fees",
    title="Fees of",
    kind=Kind.CHOICE,
    group=COSTS,
    choices=_FEES,
    hint="Lowest tier of each exchange; a better tier of yours goes under own figures.",
)
OWN_COSTS = (
    _bps("taker_bps", "Taker fee", "Of every order that takes from the book."),
    Field(
        key="rest",
        title="Targets rest in the book",
        kind=Kind.FLAG,
        group=COSTS,
        hint="Targets fill at their level, at the maker fee, without slippage.",
    ),
    _bps("maker_bps", "Maker fee", "Of targets that rest in the book."),
    Field(key="slippage_model", title="Slippage", kind=Kind.CHOICE, group=COSTS, choices=_MODELS),
    _bps("slippage_bps", "Fixed part", "How much worse than the quoted price an order fills."),
    Field(
        key="slippage_range_share",
        title="Share of ATR(14)",
        kind=Kind.REAL,
        group=COSTS,
        hint="The part of the market's range that is added: 0.05 is a twentieth.",
        low=0,
        high=1,
    ),
    _bps("spread_bps", "Spread", "Between bid and ask; a round trip crosses it once.", "bp"),
    Field(
        key="funding",
        title="Funding",
        kind=Kind.FLAG,
        group=COSTS,
        hint="Book the rates that the data has.",
    ),
    Field(
        key="latency_bars",
        title="Latency",
        kind=Kind.WHOLE,
        group=COSTS,
        unit="candles later than the next open",
        low=0,
        high=100,
    ),
)
ENGINE = Field(
    key="engine",
    title="Engine",
    kind=Kind.CHOICE,
    group=RUN,
    choices=_ENGINES,
    hint="Both make the same trades; for those who doubt it, the second is the very session that trades.",
)
FIELDS = (CAPITAL, FEES, *OWN_COSTS, ENGINE)


def defaults() -> dict[str, str]:
    """The texts to begin with."""
    return {"capital": "", "fees": AS_SET, "engine": Engine.COMPILED.value, **cost_texts(CostChoice())}


def cost_texts(costs: CostChoice) -> dict[str, str]:
    """The texts of the engine's noun."""
    return {
        "taker_bps": number_text(costs.taker_bps),
        "rest": YES if costs.maker_bps is not None else "no",
        "maker_bps": number_text(2.0 if costs.maker_bps is None else costs.maker_bps),
        "slippage_model": costs.slippage_model.value,
        "slippage_bps": number_text(costs.slippage_bps),
        "slippage_range_share": number_text(costs.slippage_range_share),
        "spread_bps": number_text(costs.spread_bps),
        "funding": YES if costs.funding else "no",
        "latency_bars": str(costs.latency_bars),
    }


def fee_texts(fees: str) -> dict[str, str]:
    """Taker and maker fee of the exchange ``fees``; nothing where these are one's own."""
    return {
        key: number_text(bps)
        for each in VENUE_FEES
        if each.venue == fees
        for key, bps in (("taker_bps", each.taker_bps), ("maker_bps", each.maker_bps))
    }


def in_words(defaults: Defaults) -> str:
    """What "as in the settings" comes to: ``8 bp a side for taking, 1 bp slippage, no spread ...``."""
    costs = defaults.costs
    spread = f"a spread of {costs.spread_bps:g} bp" if costs.spread_bps else "no spread beside it"
    round_trip_bps = 2 * (costs.taker_bps + costs.slippage_bps) + costs.spread_bps
    return (
        f"{costs.taker_bps:g} bp fee and {costs.slippage_bps:g} bp slippage a side, {spread}: "
        f"a round trip costs {round_trip_bps:g} bp, {round_trip_bps / 100:g} % of its value. "
        "Funding is booked where rates are given."
    )


def shown(texts: Mapping[str, str]) -> frozenset[str]:
    """Which fields matter with these texts; the others are hidden."""
    keys = {"capital", "fees", "engine"}
    if texts["fees"] != AS_SET:
        keys |= {field.key for field in OWN_COSTS}
        if texts["rest"] != YES:
            keys.discard("maker_bps")
        if texts["slippage_model"] != SlippageModel.VOLATILITY:
            keys.discard("slippage_range_share")
    return frozenset(keys)


def costs_of(texts: Mapping[str, str]) -> CostChoice | None:
    """What trading costs; None: as in the settings. Raises `BadText`."""
    if texts["fees"] == AS_SET:
        return None
    wanted = shown(texts)
    values = {field.key: value_of(field, texts[field.key]) for field in OWN_COSTS if field.key in wanted}
    return CostChoice(
        taker_bps=values["taker_bps"],
        maker_bps=values.get("maker_bps"),
        slippage_model=SlippageModel(values["slippage_model"]),
        slippage_bps=values["slippage_bps"],
        slippage_range_share=values.get("slippage_range_share", 0.0),
        spread_bps=values["spread_bps"],
        funding=values["funding"],
        latency_bars=values["latency_bars"],
    )


def capital_of(texts: Mapping[str, str]) -> Decimal | None:
    """The capital typed; None: as in the settings. Raises `BadText`."""
    typed = texts["capital"].strip().replace(",", "")
    return None if value_of(CAPITAL, typed) is None else Decimal(typed)
