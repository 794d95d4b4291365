"""The data folder: found, made, proved, locked; or refused in one sentence that says what to do."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from sigma_engine.errors import DataFolderBusy, DataFolderError
from sigma_engine.storage.folder import DataFolder

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys
from pathlib import Path
from sigma_engine.storage.folder import DataFolder
folder = DataFolder.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def holder(home: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def put_to_rest(process: "subprocess.Popen[str]") -> None:
    with process:
        process.kill()


def test_the_argument_wins_over_the_environment_and_everything_moves_with_it(tmp_path):
    folder = DataFolder.locate(tmp_path / "mine")
    assert folder.root == tmp_path / "mine"
    assert {folder.database.parent, folder.logs.parent, folder.config.parent} == {folder.root}


def test_the_environment_moves_everything(tmp_path, monkeypatch):
    monkeypatch.setenv("SIGMA_HOME", str(tmp_path / "elsewhere"))
    assert DataFolder.locate().root == tmp_path / "elsewhere"


def test_without_either_the_platform_says_where(monkeypatch):
    monkeypatch.delenv("SIGMA_HOME")
    folder = DataFolder.locate()
    assert folder.root == platformdirs.user_data_path("sigma", appauthor=False)
    assert folder.config == platformdirs.user_config_path("sigma", appauthor=False)
    assert folder.logs == platformdirs.user_log_path("sigma", appauthor=False)


def test_locating_touches_nothing(tmp_path):
    DataFolder.locate(tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")
def test_a_new_folder_belongs_to_its_owner_alone(tmp_path):
    with DataFolder.open(tmp_path / "deep" / "mine") as folder:
        for path in (folder.root, folder.config, folder.logs):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_folder_can_be_opened_again_once_closed(tmp_path):
    DataFolder.open(tmp_path).close()
    with DataFolder.open(tmp_path) as folder:
        folder.close()
        DataFolder.open(tmp_path).close()


def test_a_second_sigma_is_refused_and_told_who_has_the_folder_and_what_to_do(tmp_path):
    with DataFolder.open(tmp_path), pytest.raises(DataFolderBusy) as refusal:
        DataFolder.open(tmp_path)
    message = str(refusal.value)
    assert str(tmp_path) in message
    assert f"process {os.getpid()}" in message
    assert "--home" in message


def test_a_second_process_is_refused(tmp_path):
    process = holder(tmp_path)
    try:
        with pytest.raises(DataFolderBusy, match=rf"process {process.pid}, since 20\d\d-"):
            DataFolder.open(tmp_path)
    finally:
        put_to_rest(process)


def test_the_folder_of_a_killed_process_is_free(tmp_path):
    put_to_rest(holder(tmp_path))
    assert (tmp_path / "sigma.owner").exists(), "a killed process cannot clean up"
    DataFolder.open(tmp_path).close()


@pytest.mark.parametrize("note", ["", "not json", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_an_unreadable_note_of_the_owner_does_not_matter(tmp_path, note):
    with DataFolder.open(tmp_path):
        (tmp_path / "sigma.owner").write_text(note)
        with pytest.raises(DataFolderBusy, match="in use by another SIGMA: close"):
            DataFolder.open(tmp_path)


def test_the_home_of_nobody_is_refused():
    with pytest.raises(DataFolderError, match="no such user"):
        DataFolder.locate(Path("~nobody-of-that-name/sigma"))


def test_a_file_in_the_folders_place_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderError, match=r"file.*cannot be used.*move it away.*--home"):
        DataFolder.open(tmp_path / "file")


def test_a_path_through_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderError, match=r"cannot be used.*move it away"):
        DataFolder.open(tmp_path / "file" / "below")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux's /proc")
def test_a_place_where_nothing_can_be_created_is_refused_even_to_root():
    with pytest.raises(DataFolderError, match=r"/proc/self/sigma cannot be used"):
        DataFolder.open(Path("/proc/self/sigma"))


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind root")
def test_a_folder_that_may_not_be_written_is_refused(tmp_path):
    (tmp_path / "mine").mkdir(mode=0o500)
    with pytest.raises(DataFolderError, match="give your account the right"):
        DataFolder.open(tmp_path / "mine")


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only Linux's root can mount")
def test_a_read_only_disk_is_refused(tmp_path):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", tmp_path], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with pytest.raises(DataFolderError, match="make that disk writable"):
            DataFolder.open(tmp_path)
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_nearly_full_disk_is_refused_before_anything_is_locked(tmp_path):
    with pytest.raises(DataFolderError, match=r"MB free and SIGMA needs .* free some space"):
        DataFolder.open(tmp_path, required_free_bytes=2**62)
    DataFolder.open(tmp_path).close()
