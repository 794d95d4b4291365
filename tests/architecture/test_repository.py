"""What every file must keep to, and what every checkout must hold."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 420
BORDERS = {
    "sigma_engine/bus.py",  # an observer's bug must not stop a trade
    "sigma_engine/safety/review.py",  # a broken rule vetoes
    "sigma_engine/storage/writer.py",  # supervises the writing thread: whoever waits for a commit is told
}
PACKAGES = ("sigma_engine", "sigma_desktop")
FACES = ("Regular", "Medium", "SemiBold", "Bold")


def modules() -> list[Path]:
    return sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))


def blanket_handlers(tree: ast.AST) -> Iterator[int]:
    """Lines of handlers that catch everything."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {name.id for name in caught if isinstance(name, ast.Name)}
            if node.type is None or names & {"Exception", "BaseException"}:
                yield node.lineno


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    long = {str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines()) for file in modules()}
    assert {file: lines for file, lines in long.items() if lines > LONGEST_MODULE} == {}


def test_every_module_opens_with_a_sentence_saying_what_it_is_for() -> None:
    def sentence(file: Path) -> str:
        return (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").split("\n\n")[0]

    code = [file for file in modules() if file.read_text("utf-8").strip()]
    assert [str(file.relative_to(ROOT)) for file in code if not sentence(file)] == []


def test_only_the_three_borders_catch_everything() -> None:
    found = {
        f"{name}:{line}"
        for file in modules()
        if (name := file.relative_to(ROOT).as_posix()) not in BORDERS
        for line in blanket_handlers(ast.parse(file.read_text("utf-8")))
    }
    assert found == set()


@pytest.mark.parametrize("text", ["except:", "except Exception:", "except (OSError, BaseException) as error:"])
def test_a_blanket_handler_is_found(text: str) -> None:
    assert list(blanket_handlers(ast.parse(f"try:\n    pass\n{text}\n    pass"))) == [3]


def test_the_clock_alone_asks_the_system_what_time_it_is() -> None:
    asks = re.compile(r"\b(time\.time(_ns)?|datetime\.(now|utcnow|today)|date\.today)\(")
    found = [file for file in modules() if file.name != "clock.py" and asks.search(file.read_text("utf-8"))]
    assert [str(file.relative_to(ROOT)) for file in found] == []


def test_the_lock_names_no_index_and_no_place() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    for word in (
        "--index-url",
        "--extra-index-url",
        "--find-links",
        "file:",
        "http:",
        "https:",
        "/opt/",
        "/home/",
        "-e ",
    ):
        assert word not in lock, word


def test_every_pin_of_the_lock_has_a_hash() -> None:
    pins = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text("utf-8"))
    packages = [pin for pin in pins if re.match(r"[A-Za-z0-9]", pin)]
    assert len(packages) > 30
    assert [pin.split()[0] for pin in packages if "--hash=sha256:" not in pin or "==" not in pin.split()[0]] == []


def test_the_lock_holds_every_library_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[\[<>=~! ]", text)[0].lower() for text in asked} - {project["name"]}
    lock = (ROOT / "requirements.lock").read_text("utf-8").lower()
    assert {name for name in names if f"\n{name}==" not in lock} == set()


def test_the_fonts_are_there_with_their_licence() -> None:
    fonts = ROOT / "resources" / "fonts"
    for face in FACES:
        assert (fonts / f"Inter-{face}.otf").read_bytes()[:4] == b"OTTO"
    licence = (fonts / "LICENSE.txt").read_text("utf-8")
    assert "Inter Project Authors" in licence
    assert "OFL-1.1" in licence


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", ".ci/run"])
def test_the_paperwork_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 0


def test_versions_agree() -> None:
    import sigma_engine

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == sigma_engine.__version__
    assert f"[{project['version']}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
