"""What an exchange says about a pair of keys before anybody trades with them."""

from dataclasses import dataclass

from sigma_engine.domain.venue import VenueWallet


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReport:
    """What the keys open at ``venue``, behind ``address``; nothing was changed to find it out.

    ``wallet`` is None where the exchange did not show it, ``may_trade`` where it does not say. ``offset_ms`` is how
    far its clock is ahead of this machine's. ``sentences`` say all of it in words, the worst first.
    """

    venue: str
    address: str
    accepted: bool
    wallet: VenueWallet | None
    may_trade: bool | None
    offset_ms: int | None
    sentences: tuple[str, ...]
