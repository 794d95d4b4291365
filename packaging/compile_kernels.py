"""Compiles the kernels whose source is newer than their extension, and removes every extension that is not their own.

Where there is no C compiler the kernels run interpreted, with the same numbers; one line says so.
"""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KERNELS = ROOT / "sigma_engine" / "kernels"
SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")


def sources() -> list[Path]:
    """Kernels that are compiled: a ``.py`` with a ``.pxd`` beside it."""
    return sorted(declared.with_suffix(".py") for declared in KERNELS.rglob("*.pxd"))


def extension(source: Path) -> Path:
    """Where the compiled form of ``source`` lies."""
    return source.with_name(source.stem + SUFFIX)


def declarations(source: Path, known: set[Path] | None = None) -> set[Path]:
    """Its ``.pxd`` and all that this one cimports: what they declare is laid down in the extension."""
    known = set() if known is None else known
    declared = source.with_suffix(".pxd")
    if declared not in known and declared.exists():
        known.add(declared)
        for module in re.findall(r"^from sigma_engine\.kernels\.(\S+) cimport", declared.read_text("utf-8"), re.M):
            declarations(KERNELS / Path(*module.split(".")), known)
    return known


def is_stale(source: Path) -> bool:
    """Whether the extension is older than what it was made from, generated C and cimported declarations included."""
    made_from = (source, source.with_suffix(".c"), *declarations(source))
    made_ns = extension(source).stat().st_mtime_ns
    return any(part.exists() and part.stat().st_mtime_ns > made_ns for part in made_from)


def remove_stale() -> None:
    """Delete extensions that are older than their source, or have none."""
    own = {extension(source): source for source in sources() if source.exists()}
    for compiled in KERNELS.rglob(f"*{SUFFIX}"):
        if compiled not in own or is_stale(own[compiled]):
            compiled.unlink()


def not_compiled(kernels: list[Path]) -> list[Path]:
    """Those of ``kernels`` that have no extension."""
    return [source for source in kernels if not extension(source).exists()]


def build() -> str:
    """Run the build; its complaints, for the person who asks why nothing was compiled."""
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace", f"--parallel={os.cpu_count() or 1}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def main() -> None:
    """Compile what is out of date and say in one line how the kernels will run."""
    remove_stale()
    kernels = sources()
    if not (missing := not_compiled(kernels)):
        return
    print(f"Compiling {len(missing)} of {len(kernels)} kernels (all of them take a minute or two) ...", flush=True)
    complaint = build()
    remove_stale()
    if missing := not_compiled(kernels):
        (ROOT / "build").mkdir(exist_ok=True)
        log = ROOT / "build" / "kernels.log"
        log.write_text(complaint, "utf-8")
        print(
            f"{len(missing)} of {len(kernels)} kernels were not compiled (no C compiler, or no Python headers? see "
            f"{log.relative_to(ROOT)}): they run interpreted, with the same numbers, more slowly."
        )


if __name__ == "__main__":
    main()
