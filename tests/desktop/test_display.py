"""Where the window opens, decided before Qt could abort."""

import socket
from pathlib import Path

import pytest

from sigma_desktop.display import NoDisplay, choose_platform


@pytest.fixture
def server() -> str:
    """The name of a display that answers, as an X server would, on Linux's abstract sockets."""
    listening = socket.socket(socket.AF_UNIX)
    for number in range(900, 1_000):
        try:
            listening.bind(f"\0/tmp/.X11-unix/X{number}")
        except OSError:
            continue
        listening.listen()
        yield f":{number}"
        break
    listening.close()


def test_a_persons_own_choice_of_platform_stands() -> None:
    assert choose_platform({"QT_QPA_PLATFORM": "vnc"}, for_picture=False, system="linux") is None


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_have_a_screen_of_their_own(system: str) -> None:
    assert choose_platform({}, for_picture=False, system=system) is None


def test_x_is_preferred_where_it_answers(server: str) -> None:
    assert choose_platform({"DISPLAY": server, "WAYLAND_DISPLAY": "wayland-0"}, False, "linux") == "xcb"


def test_wayland_serves_where_x_does_not() -> None:
    assert choose_platform({"WAYLAND_DISPLAY": "wayland-0"}, False, "linux") == "wayland"
    assert choose_platform({"DISPLAY": ":899", "WAYLAND_DISPLAY": "wayland-0"}, False, "linux") == "wayland"


def test_a_display_of_another_machine_is_believed() -> None:
    assert choose_platform({"DISPLAY": "desk.example:0"}, False, "linux") == "xcb"


@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ""}, {"DISPLAY": ":899"}])
def test_a_picture_needs_no_screen_and_a_window_does(environment: dict[str, str]) -> None:
    assert not Path("/tmp/.X11-unix/X899").exists()
    assert choose_platform(environment, for_picture=True, system="linux") == "offscreen"
    with pytest.raises(NoDisplay, match="add --screenshot"):
        choose_platform(environment, for_picture=False, system="linux")
