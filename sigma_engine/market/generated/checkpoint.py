"""The demo's note of where it stands, to go on from after a restart."""

import zlib
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from sigma_engine.errors import DataError
from sigma_engine.market.generated.coins import COINS
from sigma_engine.market.generated.dynamics import MarketState
from sigma_engine.market.generated.hour import HOUR_MS, MarketHour
from sigma_engine.market.generated.regime import MarketRegime

VERSION = 1
"""Part of the market's name too: another version is another market."""

_Levels = Annotated[tuple[FiniteFloat, ...], Field(min_length=len(COINS), max_length=len(COINS))]
_Seed = Annotated[int, Field(ge=0, lt=2**63)]


class Checkpoint(BaseModel):
    """The hour being played, the state it began in, and ``at_ms``, the market time of the last step given out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Annotated[int, Field(ge=VERSION, le=VERSION)]
    seed: _Seed
    hour: Annotated[int, Field(ge=0)]
    regime: Annotated[MarketRegime, Field(strict=False)]
    factor: FiniteFloat
    anchor: FiniteFloat
    log_volatility: FiniteFloat
    own_levels: Annotated[_Levels, Field(strict=False)]
    own_log_volatilities: Annotated[_Levels, Field(strict=False)]
    at_ms: Annotated[int, Field(ge=0)]

    @classmethod
    def of(cls, hour: MarketHour, at_ms: int) -> Self:
        """The note taken after the step at ``at_ms``, inside ``hour``."""
        state = hour.state
        return cls(
            version=VERSION,
            seed=hour.seed,
            hour=hour.hour,
            regime=state.regime,
            factor=state.factor,
            anchor=state.anchor,
            log_volatility=state.log_volatility,
            own_levels=state.own_levels,
            own_log_volatilities=state.own_log_volatilities,
            at_ms=at_ms,
        )

    def text(self) -> str:
        """The note as text with a checksum in front; floats keep every bit."""
        body = self.model_dump_json()
        return f"{zlib.crc32(body.encode()):08x} {body}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The note that ``text`` is.

        Raises `DataError` where it is damaged, of another version, or speaks of a time outside its hour.
        """
        checksum, _, body = text.partition(" ")
        if checksum != f"{zlib.crc32(body.encode()):08x}":
            raise DataError("The demo's note of where it stood is damaged: begin a new demo run.")
        try:
            note = cls.model_validate_json(body)
        except ValidationError as problem:
            raise DataError(
                "The demo's note of where it stood is from another version: begin a new demo run."
            ) from problem
        if not 0 <= note.at_ms - note.hour * HOUR_MS <= HOUR_MS:
            raise DataError("The demo's note of where it stood contradicts itself: begin a new demo run.")
        return note

    def market_hour(self) -> MarketHour:
        """The hour being played, computed again."""
        state = MarketState(
            self.regime, self.factor, self.anchor, self.log_volatility, self.own_levels, self.own_log_volatilities
        )
        return MarketHour.begin(self.seed, self.hour, state)
