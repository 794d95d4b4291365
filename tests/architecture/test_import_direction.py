"""The import contracts of pyproject.toml hold, and would be broken by what they forbid."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = [
    ("sigma_desktop/probe.py", "from sigma_engine.assembly import assemble", "knows only the engine's door"),
    ("sigma_engine/market/probe.py", "import PySide6", "knows no window"),
    ("sigma_engine/kernels/probe.py", "from sigma_engine.domain import money", "Kernels know numbers only"),
    ("sigma_engine/session/probe.py", "from sigma_engine.storage import store", "reads top to bottom"),
    ("sigma_engine/risk/probe.py", "import sigma_engine.ai", "asks the assistant"),
    ("sigma_engine/domain/probe.py", "from sigma_engine import events", "reads top to bottom"),
    ("sigma_engine/probe.py", "", "reads top to bottom"),
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as go; go()", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The two packages with the contracts, to break them in."""
    for package in ("sigma_engine", "sigma_desktop"):
        for file in (ROOT / package).rglob("*.py"):
            target = tmp_path / file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_import_goes_in_its_direction() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("file", "line", "contract"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(copy: Path, file: str, line: str, contract: str) -> None:
    (copy / file).write_text(f"{line}\n", "utf-8")
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(contract in row and " BROKEN" in row for row in done.stdout.splitlines()), done.stdout
