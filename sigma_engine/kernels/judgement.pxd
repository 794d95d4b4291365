cimport cython

from sigma_engine.kernels.expression cimport Program
from sigma_engine.kernels.permission cimport Permission
from sigma_engine.kernels.scoring cimport decided


@cython.final
cdef class Rulebook:
    cdef readonly Program long_share, short_share, exit_long, exit_short
    cdef readonly double threshold, margin


@cython.final
cdef class Judgement:
    cdef readonly int warm_up
    cdef readonly bint by_scores, reverse
    cdef readonly Rulebook trending, ranging, mixed
    cdef readonly Program filters
    cdef readonly Permission permission
    cdef readonly int wish, action, obstacle
    cdef readonly bint exit_long, exit_short
    cdef readonly double long, short

    @cython.locals(passes=bint)
    cpdef void step(
        self, const double[::1] now, const double[::1] before, int regime, double long, double short, long long at_ms,
        double price, double atr, long long seen,
    ) noexcept nogil
    cdef void _forget(self) noexcept nogil
    cdef void _ask(
        self, Rulebook book, const double[::1] now, const double[::1] before, double long, double short,
    ) noexcept nogil


cdef int met(double long, double short) noexcept nogil
