"""Settings: where they come from, which source wins, and how a wrong one is refused."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sigma_engine.domain.symbol import PAIRS
from sigma_engine.errors import SettingsError
from sigma_engine.settings import Credentials, Settings, load_credentials, load_settings


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config folder, with the working folder elsewhere and empty."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


def write(config: Path, text: str) -> Path:
    (config / "settings.toml").write_text(text, "utf-8")
    return config


def test_without_a_file_every_setting_has_its_default(config: Path) -> None:
    settings = load_settings(config)
    assert settings.paper_balance == Decimal(10_000)
    assert (settings.fee_bps, settings.slippage_bps) == (8, 1)
    assert settings.max_risk_per_trade == 0.02
    assert settings.symbols == PAIRS
    assert settings.kelly_fraction == 0.25
    assert settings.daily_loss_limit == 0.05


def test_a_config_folder_that_does_not_exist_means_defaults(config: Path) -> None:
    assert load_settings(config / "missing") == load_settings(config)


def test_the_file_is_read(config: Path) -> None:
    settings = load_settings(write(config, 'symbols = ["btc", "ETHUSDT"]\npaper_balance = 250.5\ncolour_blind = true'))
    assert settings.symbols == ("BTC/USDT:USDT", "ETH/USDT:USDT")
    assert settings.paper_balance == Decimal("250.5")
    assert settings.colour_blind


def test_the_environment_wins_over_env_files_and_those_over_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(config, "max_risk_per_trade = 0.01\nfee_bps = 5\nslippage_bps = 3\nkelly_fraction = 0.1")
    (config / ".env").write_text(
        "MAX_RISK_PER_TRADE=0.015\nSIGMA_FEE_BPS=6\nSIGMA_SLIPPAGE_BPS=4\nUNRELATED=1\n", "utf-8"
    )
    Path(".env").write_text("SIGMA_FEE_BPS=7\nMAX_RISK_PER_TRADE=0.016\n", "utf-8")
    monkeypatch.setenv("MAX_RISK_PER_TRADE", "0.017")
    settings = load_settings(config)
    assert settings.max_risk_per_trade == 0.017, "the environment"
    assert settings.fee_bps == 7, ".env of the working folder"
    assert settings.slippage_bps == 4, ".env of the config folder"
    assert settings.kelly_fraction == 0.1, "the file"


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("DEFAULT_SYMBOL", "ethusdt", "default_symbol", "ETH/USDT:USDT"),
        ("DEFAULT_LEVERAGE", "3", "default_leverage", 3),
        ("MAX_RISK_PER_TRADE", "0.005", "max_risk_per_trade", 0.005),
        ("SIGMA_SYMBOLS", "BTC, SOL/USDT", "symbols", ("BTC/USDT:USDT", "SOL/USDT:USDT")),
        ("SIGMA_PAPER_BALANCE", "", "paper_balance", Decimal(10_000)),
    ],
)
def test_names_of_the_environment(
    config: Path, monkeypatch: pytest.MonkeyPatch, variable: str, text: str, name: str, value: object
) -> None:
    monkeypatch.setenv(variable, text)
    assert getattr(load_settings(config), name) == value


def test_an_unprefixed_name_of_another_program_is_left_alone(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody/else")
    assert load_settings(config).database_url is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("max_risk_per_trad = 0.01", "max_risk_per_trad, which SIGMA does not know; did you mean max_risk_per_trade?"),
        ("[risk]\nx = 1", "risk, which SIGMA does not know; there is: default_symbol, symbols"),
        (
            "max_risk_per_trade = 2",
            "max_risk_per_trade is 2, and must be a number above 0 and at most 0.05 (fraction).",
        ),
        ("max_risk_per_trade = 0", "max_risk_per_trade is 0, and must be a number above 0"),
        ("daily_loss_limit = nan", "daily_loss_limit is nan, and must be a number above 0 and at most 0.2"),
        ("default_leverage = 2.5", "default_leverage is 2.5, and must be a whole number at least 1 and at most 20"),
        ('fee_bps = "cheap"', "fee_bps is 'cheap', and must be a number at least 0 and at most 100 (basis points)."),
        ("max_leverage = 3", "default_leverage is 5 and max_leverage 3"),
        (
            "paper_balance = inf",
            "paper_balance is inf, and must be a number at least 10 and at most 1,000,000,000 (USDT).",
        ),
        ("symbols = []", "symbols is [], and must be one or more."),
        ('default_symbol = "BTX!"', "default_symbol: 'BTX!' is no market SIGMA can read"),
        ("colour_blind = 3", "colour_blind is 3"),
        ("fee_bps = = 1", "settings.toml is no valid TOML"),
        ('weex_api_key = "k"', "put WEEX_API_KEY into the environment or .env instead"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(config: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(write(config, text))
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_settings_file_that_is_no_text_is_refused(config: Path) -> None:
    (config / "settings.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="no valid TOML"):
        load_settings(config)


@given(st.floats())
def test_no_risk_outside_its_bounds_is_ever_accepted(risk: float) -> None:
    try:
        accepted = Settings(max_risk_per_trade=risk)
    except ValidationError:
        assert not 0 < risk <= 0.05
    else:
        assert 0 < accepted.max_risk_per_trade <= 0.05


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().fee_bps = 0


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_explains_itself(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.title
    assert field.description
    assert field.description.endswith(".")
    assert set(field.json_schema_extra) == {"unit", "group"}


def test_keys_are_found_and_never_printed(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (config / ".env").write_text("WEEX_API_KEY=canary-key\nWEEX_TESTNET=true\n", "utf-8")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret")
    keys = load_credentials(config)
    assert keys.weex_api_key is not None
    assert keys.weex_api_key.get_secret_value() == "canary-key"
    assert keys.weex_testnet
    assert "canary" not in f"{keys!r} {keys} {keys.model_dump()} {keys.model_dump_json()}"


def test_a_key_that_cannot_be_used_is_refused_without_being_shown() -> None:
    with pytest.raises(ValidationError):
        Credentials(weex_testnet="perhaps")


def test_an_address_with_a_password_is_never_printed(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGMA_DATABASE_URL", "postgresql://sigma:canary@desk/sigma")
    settings = load_settings(config)
    assert settings.database_url is not None
    assert "canary" not in f"{settings!r}{settings.model_dump_json()}"
