"""The doctor: each check can find its fault, and names the remedy."""

import os
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from sigma_engine import doctor
from sigma_engine.clock import system_ms
from sigma_engine.doctor import Verdict, examine
from sigma_engine.storage.folder import DataFolder

SUFFIX = doctor.sysconfig.get_config_var("EXT_SUFFIX")


def packages(**versions: str) -> Callable[[str], str]:
    def installed(name: str) -> str:
        try:
            return versions[name.replace("-", "_")]
        except KeyError:
            raise metadata.PackageNotFoundError(name) from None

    return installed


def test_an_examination_names_everything_once_and_every_fault_has_a_remedy() -> None:
    checks = examine()
    assert len({check.name for check in checks}) == len(checks) == 9
    assert all(check.fix for check in checks if check.verdict is Verdict.BAD)


def test_an_old_python_is_refused() -> None:
    assert doctor.python((3, 10, 9)).verdict is Verdict.BAD
    assert doctor.python((3, 11, 0)).verdict is Verdict.GOOD


@pytest.mark.parametrize(
    ("installed", "python", "verdict"),
    [
        ({"PySide6_Essentials": "6.11.3"}, (3, 11), Verdict.GOOD),
        ({"PySide6_Essentials": "6.12.0"}, (3, 11), Verdict.BAD),
        ({"PySide6_Essentials": "6.12.0"}, (3, 12), Verdict.GOOD),
        ({"PySide6_Essentials": "6.11.3", "PyQt6": "6.9.0"}, (3, 12), Verdict.BAD),
        ({}, (3, 12), Verdict.NOTE),
    ],
)
def test_qt_must_be_there_sound_and_alone(installed: dict[str, str], python: tuple[int, int], verdict: Verdict) -> None:
    assert doctor.qt(packages(**installed), python).verdict is verdict


def test_without_a_screen_the_command_line_still_works() -> None:
    assert doctor.display({}, "linux").verdict is Verdict.NOTE
    assert doctor.display({}, "darwin").verdict is Verdict.GOOD


def make_kernel(folder: Path, name: str, *, compiled_after_s: int | None) -> None:
    for suffix in (".py", ".pxd"):
        (folder / f"{name}{suffix}").touch()
        os.utime(folder / f"{name}{suffix}", (1_000, 1_000))
    if compiled_after_s is not None:
        (folder / f"{name}{SUFFIX}").touch()
        os.utime(folder / f"{name}{SUFFIX}", (1_000 + compiled_after_s, 1_000 + compiled_after_s))


@pytest.mark.parametrize(
    ("compiled_after_s", "verdict", "words"),
    [(1, Verdict.GOOD, "all 2 compiled"), (None, Verdict.NOTE, "1 of 2 interpreted"), (-1, Verdict.BAD, "ema")],
)
def test_kernels_are_compiled_interpreted_or_stale(
    tmp_path: Path, compiled_after_s: int | None, verdict: Verdict, words: str
) -> None:
    make_kernel(tmp_path, "rsi", compiled_after_s=5)
    make_kernel(tmp_path, "ema", compiled_after_s=compiled_after_s)
    check = doctor.compiled_kernels(tmp_path)
    assert check.verdict is verdict
    assert words in check.result


def test_asking_does_not_make_the_data_folder(tmp_path: Path) -> None:
    assert doctor.data_folder(tmp_path / "new" / "home").verdict is Verdict.GOOD
    assert not (tmp_path / "new").exists()


def test_a_folder_in_use_is_no_fault(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path):
        check = doctor.data_folder(tmp_path)
    assert check.verdict is Verdict.NOTE
    assert "in use by another SIGMA" in check.result
    assert doctor.data_folder(tmp_path).verdict is Verdict.GOOD


def test_a_file_in_the_folders_place_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    assert doctor.data_folder(tmp_path / "home").verdict is Verdict.BAD


@pytest.mark.parametrize(("free", "verdict"), [(10**12, Verdict.GOOD), (5 * 10**8, Verdict.NOTE), (10**7, Verdict.BAD)])
def test_room_on_the_disk(tmp_path: Path, free: int, verdict: Verdict) -> None:
    assert doctor.disk(tmp_path / "not" / "yet", free).verdict is verdict


def test_an_old_sqlite_is_refused() -> None:
    assert doctor.database((3, 34, 1)).verdict is Verdict.BAD
    assert doctor.database().verdict is Verdict.GOOD


def test_a_wrong_setting_is_shown_with_its_sentence(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("kelly_fraction = 9\n", "utf-8")
    check = doctor.settings(tmp_path)
    assert check.verdict is Verdict.BAD
    assert "kelly_fraction is 9" in check.result


def test_keys_are_named_and_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEEX_API_KEY", "canary")
    check = doctor.settings(tmp_path)
    assert "WEEX_API_KEY" in check.result
    assert "canary" not in check.result


def test_a_clock_behind_the_programs_own_files_is_wrong(tmp_path: Path) -> None:
    written = tmp_path / "module.py"
    written.touch()
    assert doctor.clock(system_ms(), written).verdict is Verdict.GOOD
    assert doctor.clock(system_ms() - 3 * 86_400_000, written).verdict is Verdict.BAD


def test_the_command_prints_every_check_and_fails_with_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sigma_engine.cli import main

    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("kelly_fraction = 9\n", "utf-8")
    with pytest.raises(SystemExit) as left:
        main(["doctor", "--home", str(tmp_path), "--json"])
    document = doctor_json(capsys)
    assert left.value.code == 1
    assert not document["healthy"]
    assert {"name", "verdict", "result", "fix"} == set(document["checks"][0])


def doctor_json(capsys: pytest.CaptureFixture[str]) -> dict:
    import json

    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)
