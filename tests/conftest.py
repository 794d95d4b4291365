"""What every test stands on: no key, no screen, no data folder of the person who runs it, and the market files."""

import os
from pathlib import Path

import hypothesis
import pytest

_PERSONAL = ("AWS_", "WEEX_", "SIGMA_")
_OF_THE_SUITE = ("SIGMA_KERNELS", "SIGMA_ALL_FAULTS")
"""How the tests themselves are run: on the interpreted kernels, with every variant."""
_PERSONAL_NAMES = ("BEDROCK_MODEL_ID", "DEFAULT_SYMBOL", "DEFAULT_LEVERAGE", "MAX_RISK_PER_TRADE")
ROOT = Path(__file__).resolve().parent.parent
MARKET_DATA = Path(os.environ.get("SIGMA_TEST_DATA") or ROOT.parent / "shared" / "data")

for name in [n for n in os.environ if n.startswith(_PERSONAL) or n in _PERSONAL_NAMES]:
    if name not in _OF_THE_SUITE:
        del os.environ[name]

os.environ |= {  # before anything imports Qt: it reads them once
    "QT_API": "pyside6",
    "PYQTGRAPH_QT_LIB": "PySide6",
    "QT_SCALE_FACTOR": "1",
    "QT_FONT_DPI": "96",
}
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

hypothesis.settings.register_profile("developer", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "developer")


@pytest.fixture(autouse=True)
def _home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has an empty data folder; none can reach the person's."""
    monkeypatch.setenv("SIGMA_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def market_data() -> Path:
    """The folder of real market files, or a skip that says how to get it."""
    if not MARKET_DATA.is_dir():
        pytest.skip(f"there are no market files in {MARKET_DATA}: set SIGMA_TEST_DATA to the folder that holds them")
    return MARKET_DATA
