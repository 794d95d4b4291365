"""What may be set to go wrong at the exchange itself; everything is off at first."""

from dataclasses import dataclass, field

from sigma_engine.practice.nouns import FundingFault


@dataclass(slots=True)
class Knobs:
    """Faults and habits; rates in parts of one.

    ``partial``: an order executes these shares of its quantity one after the other, the first at once, each further
    one at a later `move`; what they leave over rests (limits) or is cancelled (market orders, IOC).
    ``hold_ms``: orders and fired triggers execute that much later. ``cancel_ms``: a cancel stays CANCELING that long
    and the order may still execute. ``fill_on_cancel``: that share executes when a cancel is asked for.
    ``drop_attached``: attached stops and targets never appear; ``attach_when_complete``: only once the entry has
    executed completely. ``refuse_stops``: standalone triggers that close are refused. ``ignore_leverage``: a set
    leverage is acknowledged and not applied. ``slip``: how much worse fired triggers execute. ``sweeps``: a position
    that ends takes its closing triggers with it. ``forbid_early_triggers``: closing triggers need a position.
    ``funding_faults``: what happens to the next stamps, one after the other. ``lag_ms``: how far readings lag.
    """

    partial: tuple[int, ...] = ()
    hold_ms: int = 0
    cancel_ms: int = 0
    fill_on_cancel: int = 0
    drop_attached: bool = False
    attach_when_complete: bool = False
    refuse_stops: bool = False
    ignore_leverage: bool = False
    slip: int = 0
    sweeps: bool = False
    forbid_early_triggers: bool = False
    funding_faults: list[FundingFault | None] = field(default_factory=list)
    lag_ms: dict[str, int] = field(default_factory=dict)
