"""The models a forecast can be made by: a new one is a kind of band in `kernels.forecast` and a row here."""

from dataclasses import dataclass

from sigma_engine.domain.calibration import ModelName
from sigma_engine.kernels import forecast as kernel


@dataclass(frozen=True, slots=True)
class ForecastModel:
    """One way of making a forecast; ``code`` is the kernel's, ``version`` changes whenever its numbers would."""

    name: ModelName
    version: int
    title: str
    summary: str
    code: int

    @property
    def stamp(self) -> str:
        """Name and version, as forecasts carry them: scores of one are never mixed with those of another."""
        return f"{self.name}-{self.version}"


MODELS: tuple[ForecastModel, ...] = (
    ForecastModel(
        ModelName.EMPIRICAL,
        1,
        "Measured outcomes",
        "No drift, blended volatility, bands from the last 1,000 outcomes; P(up) as far as its record bears it out.",
        kernel.EMPIRICAL,
    ),
    ForecastModel(
        ModelName.BOOTSTRAP,
        1,
        "Resampled blocks",
        "1,000 paths of the market's own surprises in blocks of about 12 candles, scaled to the present volatility.",
        kernel.BOOTSTRAP,
    ),
    ForecastModel(
        ModelName.GBM,
        1,
        "Plain random walk",
        "Drift and volatility of the last 50 candles go on, normal bands; the baseline every other model is held to.",
        kernel.GBM,
    ),
)
"""The default comes first."""

DEFAULT_MODEL = MODELS[0]


def model_named(name: ModelName) -> ForecastModel:
    """The row of ``name``."""
    return next(model for model in MODELS if model.name is name)
