"""What a person may set: declared once, read from `settings.toml`, overridden by `.env` and the environment.

The environment wins over `.env`, a `.env` in the working folder over one in the config folder, both over the file.
A name nobody knows is refused with the nearest one; a value out of bounds with its bounds.
"""

import difflib
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from sigma_engine.domain.calibration import ModelName
from sigma_engine.domain.symbol import PAIRS, unified
from sigma_engine.errors import SettingsError, UnknownSymbol

SETTINGS_FILE = "settings.toml"
ENV_FILE = ".env"
_PREFIX = "SIGMA_"


def _symbol(text: str) -> str:
    try:
        return unified(text)
    except UnknownSymbol as unknown:
        raise ValueError(str(unknown)) from None


def _listed(value: object) -> object:
    """A list written the way an environment variable must: with commas."""
    return tuple(part for part in value.replace(",", " ").split() if part) if isinstance(value, str) else value


Symbol = Annotated[str, AfterValidator(_symbol)]
Symbols = Annotated[tuple[Symbol, ...], NoDecode, BeforeValidator(_listed)]


def _unit(unit: str, group: str) -> dict[str, Any]:
    return {"unit": unit, "group": group}


class _Sources(BaseSettings):
    """Environment over `.env` over the file, whose values come as arguments."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        dotenv_filtering="only_existing",
        populate_by_name=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order in which the sources win."""
        return env_settings, dotenv_settings, init_settings


class Settings(_Sources):
    """All settings with their defaults; fractions are of equity unless their description says otherwise.

    In the environment a setting is ``SIGMA_`` and its name; ``DEFAULT_SYMBOL``, ``DEFAULT_LEVERAGE`` and
    ``MAX_RISK_PER_TRADE`` are read without the prefix.
    """

    default_symbol: Symbol = Field(
        PAIRS[0],
        validation_alias="default_symbol",
        title="First market",
        description="The market the chart opens with.",
        json_schema_extra=_unit("symbol", "Markets"),
    )
    symbols: Symbols = Field(
        PAIRS,
        min_length=1,
        title="Markets",
        description="The perpetuals traded side by side where a strategy names none.",
        json_schema_extra=_unit("symbols", "Markets"),
    )
    paper_balance: Decimal = Field(
        Decimal(10_000),
        ge=10,
        le=1_000_000_000,
        title="Paper balance",
        description="What a demo, paper or replay account begins with.",
        json_schema_extra=_unit("USDT", "Account"),
    )
    fee_bps: float = Field(
        8.0,
        ge=0,
        le=100,
        title="Fee",
        description="Taker fee of every order, per side.",
        json_schema_extra=_unit("basis points", "Account"),
    )
    slippage_bps: float = Field(
        1.0,
        ge=0,
        le=100,
        title="Slippage",
        description="How much worse than the quoted price an order is filled, per side.",
        json_schema_extra=_unit("basis points", "Account"),
    )
    spread_bps: float = Field(
        0.0,
        ge=0,
        le=100,
        title="Spread",
        description="Between bid and ask; a round trip crosses it once. Zero where the slippage already holds it.",
        json_schema_extra=_unit("basis points", "Account"),
    )
    max_risk_per_trade: float = Field(
        0.02,
        gt=0,
        le=0.05,
        validation_alias="max_risk_per_trade",
        title="Largest risk per trade",
        description="The most a trade may lose at its stop; strategies that ask for more are capped.",
        json_schema_extra=_unit("fraction", "Risk"),
    )
    default_leverage: int = Field(
        5,
        ge=1,
        le=20,
        validation_alias="default_leverage",
        title="Leverage",
        description="Leverage of a strategy that names none.",
        json_schema_extra=_unit("times", "Risk"),
    )
    max_leverage: int = Field(
        20,
        ge=1,
        le=20,
        title="Largest leverage",
        description="Strategies that ask for more are capped.",
        json_schema_extra=_unit("times", "Risk"),
    )
    max_position_margin_fraction: float = Field(
        0.25,
        gt=0,
        le=1,
        title="Largest margin of one position",
        description="The most of the equity one position may bind as margin.",
        json_schema_extra=_unit("fraction", "Risk"),
    )
    kelly_fraction: float = Field(
        0.25,
        gt=0,
        le=0.5,
        title="Kelly fraction",
        description="How much of the Kelly size is taken.",
        json_schema_extra=_unit("fraction of Kelly", "Risk"),
    )
    volatility_target: float = Field(
        1.5,
        ge=0.05,
        le=10,
        title="Volatility target",
        description="Above this forecast volatility a trade sized by risk shrinks in proportion.",
        json_schema_extra=_unit("fraction a year", "Risk"),
    )
    volatility_cap: float = Field(
        1.0,
        ge=1,
        le=3,
        title="Most in a calm market",
        description="Below the volatility target a trade may grow to this many times the strategy's risk.",
        json_schema_extra=_unit("times", "Risk"),
    )
    gap_allowance: float = Field(
        0.05,
        ge=0,
        le=1,
        title="Allowance for gaps",
        description="How much further than its stop a trade is sized to lose.",
        json_schema_extra=_unit("fraction of the stop's distance", "Risk"),
    )
    depth_share: float = Field(
        0.1,
        gt=0,
        le=1,
        title="Largest share of the book",
        description="The most of the book's usual depth an order may take, where that depth is known.",
        json_schema_extra=_unit("fraction of the depth", "Risk"),
    )
    forecast_model: ModelName = Field(
        ModelName.EMPIRICAL,
        title="Forecast model",
        description="Whose bands and odds are used: empirical, gbm (the plain baseline), or bootstrap (slow to start: "
        "half a millisecond a candle and market).",
        json_schema_extra=_unit("model", "Probability"),
    )
    daily_loss_limit: float = Field(
        0.05,
        gt=0,
        le=0.2,
        title="Daily loss limit",
        description="A day that has lost this much opens nothing more; it can be tightened, never removed.",
        json_schema_extra=_unit("fraction of the day's opening equity", "Risk"),
    )
    demo_seed: int = Field(
        20_240_805,
        ge=0,
        le=2**32 - 1,
        title="Demo market",
        description="The same number generates the same market.",
        json_schema_extra=_unit("seed", "Demo"),
    )
    demo_speed: float = Field(
        20.0,
        gt=0,
        le=1000,
        title="Demo speed",
        description="Market time over wall time.",
        json_schema_extra=_unit("times", "Demo"),
    )
    colour_blind: bool = Field(
        False,
        title="Colour-blind palette",
        description="Blue and orange instead of green and red.",
        json_schema_extra=_unit("", "Appearance"),
    )
    database_url: SecretStr | None = Field(
        None,
        title="Database",
        description="A SQLAlchemy address that replaces the SQLite file in the data folder.",
        json_schema_extra=_unit("", "Storage"),
    )

    @model_validator(mode="after")
    def _leverage_within_its_cap(self) -> Self:
        if self.default_leverage > self.max_leverage:
            raise ValueError(
                f"default_leverage is {self.default_leverage} and max_leverage {self.max_leverage}: lower the one "
                "or raise the other"
            )
        return self


class Credentials(_Sources):
    """Keys of the outside world: read from the environment or `.env` alone, never printed, never in the file."""

    model_config = SettingsConfigDict(env_prefix="")

    weex_api_key: SecretStr | None = None
    weex_api_secret: SecretStr | None = None
    weex_api_passphrase: SecretStr | None = None
    weex_testnet: bool = False
    aws_access_key_id: SecretStr | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_session_token: SecretStr | None = None
    aws_region: str | None = None
    aws_profile: str | None = None
    bedrock_model_id: str | None = None


_Model = TypeVar("_Model", bound=_Sources)


def load_settings(config_folder: Path) -> Settings:
    """The settings of ``config_folder``, with `.env` and the environment on top; all defaults where there is no file.

    Raises `SettingsError` naming the first thing that is wrong: the name, the value and what is allowed.
    """
    file = config_folder / SETTINGS_FILE
    values = _read(file)
    for name in values:
        _require_known(name, file)
    return _load(Settings, config_folder, values)


def load_credentials(config_folder: Path) -> Credentials:
    """The keys found in `.env` and the environment; None where there is none."""
    return _load(Credentials, config_folder, {})


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise SettingsError(
            f"{file} is no valid TOML ({broken}): mend it, or delete it to begin with defaults."
        ) from None
    except OSError as refused:
        raise SettingsError(f"{file} cannot be read ({refused.strerror}): check its permissions.") from None


def _require_known(name: str, file: Path) -> None:
    if name in Credentials.model_fields:
        raise SettingsError(
            f"{name} does not belong in {file}: put {name.upper()} into the environment or {ENV_FILE} instead."
        )
    if name not in Settings.model_fields:
        near = difflib.get_close_matches(name, Settings.model_fields, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"there is: {', '.join(Settings.model_fields)}."
        raise SettingsError(f"{file} sets {name}, which SIGMA does not know; {hint}")


def _load(model: type[_Model], config_folder: Path, values: dict[str, Any]) -> _Model:
    arguments = {"_env_file": (config_folder / ENV_FILE, Path(ENV_FILE)), **values}
    try:
        return model(**arguments)
    except ValidationError as refused:
        raise SettingsError(_sentence(model, refused.errors()[0])) from None


def _sentence(model: type[_Sources], error: ErrorDetails) -> str:
    """Name, value and bounds of a refused setting; the value of a secret is left out."""
    if not error["loc"]:
        return f"{error['msg'].removeprefix('Value error, ')}."
    name = str(error["loc"][0])
    if error["type"] == "value_error":
        return f"{name}: {error['msg'].removeprefix('Value error, ')}"
    field = model.model_fields[name]
    given = "set to something unusable" if "Secret" in str(field.annotation) else f"{error['input']!r}"
    return f"{name} is {given}, and must be {_allowed(field, error)}."


def _allowed(field: FieldInfo, error: ErrorDetails) -> str:
    """What may stand there: from the field's own bounds, or in pydantic's words where it has none."""
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    limits = [
        f"{word} {getattr(item, kind):,}"
        for item in field.metadata
        for kind, word in words.items()
        if hasattr(item, kind)
    ]
    if not limits:
        return "one or more" if error["type"] == "too_short" else error["msg"].removeprefix("Input should be ")
    kind = "a whole number" if field.annotation is int else "a number"
    return f"{kind} {' and '.join(limits)} ({_unit_of(field)})"


def _unit_of(field: FieldInfo) -> str:
    return str(field.json_schema_extra["unit"]) if isinstance(field.json_schema_extra, dict) else ""
