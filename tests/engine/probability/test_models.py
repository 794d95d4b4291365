"""The catalog of models, and that a setting chooses among them."""

import asyncio
from pathlib import Path

import pytest

import sigma_engine
from sigma_engine import DecisionMade, Mode, SessionRequest
from sigma_engine.domain.calibration import ModelName
from sigma_engine.errors import SettingsError
from sigma_engine.probability.models import DEFAULT_MODEL, MODELS, model_named
from sigma_engine.settings import Settings, load_settings


def test_every_name_has_one_model_with_a_code_of_its_own() -> None:
    assert [model_named(name).name for name in ModelName] == list(ModelName)
    assert len({model.code for model in MODELS}) == len(MODELS) == len(ModelName)
    assert all(model.title and model.summary.endswith(".") for model in MODELS)


def test_measured_outcomes_are_the_default() -> None:
    assert DEFAULT_MODEL.name is Settings().forecast_model is ModelName.EMPIRICAL


@pytest.mark.parametrize("name", list(ModelName))
def test_the_setting_chooses_who_forecasts(name: ModelName, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGMA_FORECAST_MODEL", name)

    async def first_forecast() -> str:
        request = SessionRequest(mode=Mode.DEMO, home=tmp_path, symbols=("BTC",), speed=0)
        session = await sigma_engine.open_session(request)
        heard = asyncio.get_running_loop().create_future()

        def hear(event: sigma_engine.Event) -> None:
            if isinstance(event, DecisionMade) and not heard.done():
                heard.set_result(event.decision.signal.forecast)

        session.bus.subscribe(DecisionMade, hear)
        running = asyncio.create_task(session.run())
        forecast = await heard
        await session.close()
        await running
        return forecast.model

    assert asyncio.run(first_forecast()) == model_named(name).stamp


def test_an_unknown_model_is_refused_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('forecast_model = "crystal"\n', "utf-8")
    with pytest.raises(SettingsError, match="is 'crystal', and must be 'empirical', 'bootstrap' or 'gbm'"):
        load_settings(tmp_path)
