"""Looks whether this machine can run SIGMA: each check with what it found and what to do about it."""

import os
import shutil
import sqlite3
import sys
import sysconfig
from collections.abc import Callable, Mapping
from ctypes.util import find_library
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from sigma_engine import kernels
from sigma_engine.clock import as_datetime, system_ms
from sigma_engine.errors import DataFolderBusy, DataFolderError, SettingsError
from sigma_engine.settings import ENV_FILE, SETTINGS_FILE, load_credentials, load_settings
from sigma_engine.storage.folder import REQUIRED_FREE_BYTES, DataFolder

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 35)
COMFORTABLE_FREE_BYTES = 5 * REQUIRED_FREE_BYTES
_BROKEN_QT = (6, 12)
_WINDOW_LIBRARIES = ("EGL", "GL", "xkbcommon", "fontconfig", "xcb-cursor", "xcb-icccm", "xcb-keysyms", "xkbcommon-x11")


class Verdict(StrEnum):
    """How a check came out."""

    GOOD = "good"
    NOTE = "note"
    """SIGMA runs, with the restriction the result names."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; ``fix`` is empty where there is nothing to do."""

    name: str
    verdict: Verdict
    result: str
    fix: str = ""


def examine(home: Path | None = None) -> tuple[Check, ...]:
    """All checks, in the order of a start; nothing is changed, no other SIGMA is disturbed."""
    folder = DataFolder.locate(home)
    return (
        python(),
        qt(),
        display(os.environ, sys.platform),
        compiled_kernels(),
        data_folder(home),
        disk(folder.root),
        database(),
        settings(folder.config),
        clock(system_ms(), Path(__file__)),
    )


def python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Check:
    """Old enough Pythons lack what SIGMA is written in."""
    found = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        return Check("Python", Verdict.BAD, found, "install Python 3.11 or newer, then: make clean install")
    return Check("Python", Verdict.GOOD, f"{found}, {sysconfig.get_platform()}")


def qt(
    installed: Callable[[str], str] = metadata.version, python_version: tuple[int, ...] = sys.version_info[:2]
) -> Check:
    """PySide6 must be there, not the release that crashes this Python, and alone."""
    try:
        found = installed("PySide6-Essentials")
    except metadata.PackageNotFoundError:
        return Check("Qt", Verdict.NOTE, "not installed: no window, the command line works", "make install")
    if tuple(int(part) for part in found.split(".")[:2]) >= _BROKEN_QT and python_version < (3, 12):
        return Check("Qt", Verdict.BAD, f"PySide6 {found} crashes Python 3.11", "make install, which brings 6.11.3")
    if _is_installed("PyQt6", installed):
        return Check("Qt", Verdict.BAD, f"PySide6 {found} and PyQt6 in one environment", "pip uninstall PyQt6")
    return Check("Qt", Verdict.GOOD, f"PySide6 {found}")


def _is_installed(package: str, installed: Callable[[str], str]) -> bool:
    try:
        return bool(installed(package))
    except metadata.PackageNotFoundError:
        return False


def display(environment: Mapping[str, str], platform: str) -> Check:
    """A window needs a screen and, on Linux, some system libraries."""
    if not platform.startswith("linux"):
        return Check("Display", Verdict.GOOD, "the system's own")
    if missing := [name for name in _WINDOW_LIBRARIES if find_library(name) is None]:
        fix = "sh packaging/linux/system_libraries.sh"
        return Check("Display", Verdict.NOTE, f"system libraries missing: {', '.join(missing)}", fix)
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
        if environment.get(name):
            return Check("Display", Verdict.GOOD, f"{name}={environment[name]}")
    return Check("Display", Verdict.NOTE, "no screen: the command line works", "open SIGMA from a desktop session")


def compiled_kernels(folder: Path = Path(kernels.__file__).parent) -> Check:
    """Compiled kernels are some hundred times as fast; older than their source they would compute yesterday's."""
    sources = [declared.with_suffix(".py") for declared in sorted(folder.rglob("*.pxd"))]
    made = {source: _extension(source) for source in sources}
    stale = [source.stem for source, extension in made.items() if extension and _is_older(extension, source)]
    if stale:
        return Check(
            "Kernels", Verdict.BAD, f"compiled before their source changed: {', '.join(stale)}", "make install"
        )
    if interpreted := [source.stem for source, extension in made.items() if extension is None]:
        found = f"{len(interpreted)} of {len(made)} interpreted: the same numbers, more slowly"
        return Check(
            "Kernels", Verdict.NOTE, found, "install a C compiler and Python's headers, then: make clean install"
        )
    return Check("Kernels", Verdict.GOOD, f"all {len(made)} compiled")


def _extension(source: Path) -> Path | None:
    path = source.with_name(source.stem + str(sysconfig.get_config_var("EXT_SUFFIX")))
    return path if path.exists() else None


def _is_older(extension: Path, source: Path) -> bool:
    made_from = (source, source.with_suffix(".pxd"))
    return any(part.exists() and part.stat().st_mtime_ns > extension.stat().st_mtime_ns for part in made_from)


def data_folder(home: Path | None) -> Check:
    """The folder must be writable; that another SIGMA has it is no fault."""
    root = DataFolder.locate(home).root
    if not root.exists():
        return _creatable(root)
    try:
        with DataFolder.open(home, required_free_bytes=0):
            return Check("Data folder", Verdict.GOOD, f"{root}, free")
    except DataFolderBusy as busy:
        return Check("Data folder", Verdict.NOTE, str(busy))
    except DataFolderError as unusable:
        return Check("Data folder", Verdict.BAD, str(unusable))


def _creatable(root: Path) -> Check:
    """What would happen at the first start; the folder is not made for asking."""
    parent = next(path for path in root.parents if path.exists())
    if os.access(parent, os.W_OK | os.X_OK):
        return Check("Data folder", Verdict.GOOD, f"{root}, made at the first start")
    fix = "give your account the right to write there, or choose another folder with --home or SIGMA_HOME"
    return Check("Data folder", Verdict.BAD, f"{root} cannot be made: {parent} is not writable", fix)


def disk(root: Path, free: int | None = None) -> Check:
    """Room for the days to come."""
    existing = next(path for path in (root, *root.parents) if path.exists())
    free = shutil.disk_usage(existing).free if free is None else free
    found = f"{free / 1e9:,.1f} GB free on the disk of {existing}"
    if free < REQUIRED_FREE_BYTES:
        return Check(
            "Disk", Verdict.BAD, found, f"free some space: SIGMA needs {REQUIRED_FREE_BYTES / 1e6:,.0f} MB to start"
        )
    if free < COMFORTABLE_FREE_BYTES:
        return Check("Disk", Verdict.NOTE, found, "free some space soon")
    return Check("Disk", Verdict.GOOD, found)


def database(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> Check:
    """The SQLite inside Python."""
    found = f"SQLite {'.'.join(map(str, version))}"
    if version < OLDEST_SQLITE:
        return Check("Database", Verdict.BAD, found, "use a newer Python: SIGMA needs SQLite 3.35 or newer")
    return Check("Database", Verdict.GOOD, found)


def settings(config: Path) -> Check:
    """Settings and keys must be readable; keys are named, never shown."""
    try:
        load_settings(config)
        keys = load_credentials(config)
    except SettingsError as wrong:
        return Check("Settings", Verdict.BAD, str(wrong), f"correct {SETTINGS_FILE}, {ENV_FILE} or the environment")
    source = config / SETTINGS_FILE
    found = f"{source}" if source.exists() else f"defaults; {source} would change them"
    given = [name.upper() for name in type(keys).model_fields if getattr(keys, name)]
    return Check("Settings", Verdict.GOOD, f"{found}; keys found: {', '.join(given) or 'none'}")


def clock(now_ms: int, newest: Path) -> Check:
    """A clock behind the program's own files is wrong; candles would close in the past."""
    written_ms = newest.stat().st_mtime_ns // 1_000_000
    found = f"{as_datetime(now_ms):%Y-%m-%d %H:%M:%S} UTC"
    if now_ms < written_ms - 86_400_000:
        return Check("Clock", Verdict.BAD, f"{found}, earlier than this program", "let the system set its clock (NTP)")
    return Check("Clock", Verdict.GOOD, found)
