"""The numeric core: plain Python files that Cython compiles, loaded compiled or interpreted but never mixed.

A kernel is a ``.py`` with a ``.pxd`` beside it. Where every kernel has its compiled extension, the extensions are
imported; where one is missing (no compiler), or with ``SIGMA_KERNELS=interpreted`` in the environment, all of them
run from source, with the same numbers. Mixing is ruled out because an interpreted subclass cannot override the C
methods of a compiled base.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType

_FOLDER = Path(__file__).parent


def compiled() -> bool:
    """Whether the kernels run as extensions; if not they run interpreted, some three hundred times slower."""
    return not _INTERPRETED


def missing(folder: Path = _FOLDER) -> tuple[str, ...]:
    """Kernels without a compiled extension, as dotted names; empty after a complete build."""
    return tuple(_dotted(source, folder) for source in _sources(folder) if _extension(source) is None)


def stale(folder: Path = _FOLDER) -> tuple[str, ...]:
    """Kernels whose extension is older than their ``.py`` or ``.pxd``, as dotted names: build again."""
    return tuple(_dotted(source, folder) for source in _sources(folder) if _is_stale(source))


def _sources(folder: Path) -> Iterator[Path]:
    return (declared.with_suffix(".py") for declared in sorted(folder.rglob("*.pxd")))


def _extension(source: Path) -> Path | None:
    candidates = (source.with_suffix(suffix) for suffix in EXTENSION_SUFFIXES)
    return next((built for built in candidates if built.exists()), None)


def _is_stale(source: Path) -> bool:
    built = _extension(source)
    if built is None:
        return False
    changed = max(source.stat().st_mtime, source.with_suffix(".pxd").stat().st_mtime)
    return changed > built.stat().st_mtime


def _dotted(source: Path, folder: Path) -> str:
    return ".".join((__name__, *source.relative_to(folder).with_suffix("").parts))


class _SourceOnly:
    """Finds this package's modules as source, even where a compiled extension lies beside them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(__name__ + "."):
            return None
        finders = (FileFinder(entry, (SourceFileLoader, SOURCE_SUFFIXES)) for entry in path or ())
        found = (finder.find_spec(name, target) for finder in finders)
        return next((spec for spec in found if spec is not None), None)


_INTERPRETED = os.environ.get("SIGMA_KERNELS") == "interpreted" or bool(missing())
if _INTERPRETED:
    sys.meta_path.insert(0, _SourceOnly())
