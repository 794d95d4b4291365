"""Builds the kernels: every ``sigma_engine/kernels/**/*.py`` with a ``.pxd`` beside it, where a C compiler is found."""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

ROOT = Path(__file__).parent
# Bit-equal results everywhere: no contraction of a*b+c, nothing "fast". The last two change no result: nobody reads
# errno or floating-point exceptions here, and loops with roots and choices become vector code without them.
PRECISE = ["-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
FLAGS = ["/O2", "/fp:precise"] if sys.platform == "win32" else ["-O3", *PRECISE]
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "cdivision": True,
    "annotation_typing": False,
}


def kernel(declared: Path) -> Extension:
    """The extension of one kernel; optional, because its source runs interpreted just as well."""
    source = declared.with_suffix(".py").relative_to(ROOT)
    name = ".".join(source.with_suffix("").parts)
    return Extension(name, [source.as_posix()], extra_compile_args=FLAGS, optional=True)


# `make install` compiles in place after this, and then only what changed.
later = "SIGMA_KERNELS_LATER" in os.environ
declarations = [] if later else sorted(ROOT.glob("sigma_engine/kernels/**/*.pxd"))
kernels = [kernel(declared) for declared in declarations]
# Worker processes elsewhere start by running this file again.
workers = 2 if sys.platform == "linux" else 0
setup(ext_modules=cythonize(kernels, compiler_directives=DIRECTIVES, nthreads=workers))
