"""The engine's public door: sorted, complete and light."""

import subprocess
import sys

import sigma_engine

HEAVY = ("sqlalchemy", "alembic", "pandas", "pyarrow", "pydantic", "ccxt", "boto3", "typer", "rich", "PySide6")


def test_the_doors_names_are_sorted_the_way_ruff_sorts_them() -> None:
    names = sigma_engine.__all__
    constants = [name for name in names if name.isupper()]
    classes = [name for name in names if name[0].isupper() and not name.isupper()]
    functions = [name for name in names if name[0].islower()]
    assert names == [*sorted(constants), *sorted(classes), *sorted(functions)]


def test_every_promised_name_is_there_and_every_public_name_is_promised() -> None:
    modules = {"sigma_engine"} | {name for name in vars(sigma_engine) if hasattr(vars(sigma_engine)[name], "__path__")}
    public = {
        name
        for name, value in vars(sigma_engine).items()
        if not name.startswith("_")
        and name not in modules
        and type(value).__name__ != "module"
        and name != "TYPE_CHECKING"
    }
    assert public == set(sigma_engine.__all__)


def test_importing_the_door_loads_nothing_heavy() -> None:
    probe = f"import sys, sigma_engine; print(sorted(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
