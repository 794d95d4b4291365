"""From what a person chooses to what an engine books: the costs of a backtest."""

from sigma_engine.domain.backtest import CostChoice, SlippageModel
from sigma_engine.errors import InputError
from sigma_engine.risk.costs import Costs, Slippage
from sigma_engine.settings import Settings

_HIGHEST = {
    "taker_bps": 100.0,
    "maker_bps": 100.0,
    "slippage_bps": 100.0,
    "spread_bps": 100.0,
    "slippage_range_share": 1.0,
    "latency_bars": 100,
}


def own_costs(settings: Settings) -> CostChoice:
    """What the person's settings say trading costs, as a choice that can be kept."""
    return CostChoice(taker_bps=settings.fee_bps, slippage_bps=settings.slippage_bps, spread_bps=settings.spread_bps)


def costs_of(choice: CostChoice, measured: Slippage) -> tuple[Costs, tuple[str, ...]]:
    """The costs, and notes about them; ``measured`` is what own fills cost so far.

    Raises `InputError` where a cost is negative or absurd.
    """
    _check(choice)
    slippage, notes = _slippage(choice, measured)
    by_range = choice.slippage_model is SlippageModel.VOLATILITY
    costs = Costs(
        fee_rate=choice.taker_bps / 10_000,
        slippage_fraction=slippage,
        spread_fraction=choice.spread_bps / 10_000,
        maker_rate=None if choice.maker_bps is None else choice.maker_bps / 10_000,
        slippage_range_share=choice.slippage_range_share if by_range else 0.0,
    )
    return costs, notes


def usual_costs(settings: Settings) -> CostChoice:
    """The settings' costs as a choice: `costs_of` makes the same of it as of None."""
    return CostChoice(taker_bps=settings.fee_bps, slippage_bps=settings.slippage_bps, spread_bps=settings.spread_bps)


def _slippage(choice: CostChoice, measured: Slippage) -> tuple[float, tuple[str, ...]]:
    """The fixed part as a fraction; measured fills crossed half the spread too, which is booked beside it."""
    fixed = choice.slippage_bps / 10_000
    if choice.slippage_model is not SlippageModel.MEASURED:
        return fixed, ()
    if not measured.is_enough:
        return fixed, (f"{measured.fills} own fills are too few to measure slippage: {choice.slippage_bps:g} bp taken",)
    found = max(measured.fraction - choice.spread_bps / 20_000, 0.0)
    return found, (f"slippage of {found * 10_000:.2f} bp measured over {measured.fills} own fills",)


def _check(choice: CostChoice) -> None:
    for name, highest in _HIGHEST.items():
        value = getattr(choice, name)
        if value is not None and not 0 <= value <= highest:
            raise InputError(f"A {name} of {value:g} cannot be: give 0 to {highest:g}.")
