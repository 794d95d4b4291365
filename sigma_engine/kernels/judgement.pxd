cimport cython

from sigma_engine.kernels.expression cimport Program
from sigma_engine.kernels.permission cimport Permission
from sigma_engine.kernels.scoring cimport decided


@cython.final
cdef class Rulebook:
    cdef readonly Program entry_long, entry_short, long_share, short_share, exit_long, exit_short
    cdef readonly double threshold, margin
    cdef double[::1] longs, shorts, long_ends, short_ends

    cdef void look(self, const double[:, ::1] rows, Py_ssize_t start, Py_ssize_t n, bint by_scores) noexcept nogil


@cython.final
cdef class Judgement:
    cdef readonly int warm_up
    cdef readonly bint by_scores, reverse
    cdef readonly Rulebook trending, ranging, mixed
    cdef readonly Program filters
    cdef readonly Permission permission
    cdef int[::1] obstacles
    cdef double[::1] wishes, actions, longs, shorts, long_ends, short_ends
    cdef bint _ranging_differs, _mixed_differs, _differ, _filtered
    cdef Py_ssize_t _start, _count
    cdef double[::1] _passes, _long, _short
    cdef int[::1] _regime

    cpdef void step(
        self, const double[:, ::1] rows, Py_ssize_t at, int regime, double long, double short, long long at_ms,
        double price, double atr, long long seen,
    ) noexcept nogil
    @cython.locals(first=Py_ssize_t, stop=Py_ssize_t)
    cdef void look(
        self, const double[:, ::1] rows, Py_ssize_t start, Py_ssize_t n, const int[::1] regimes,
        const double[::1] longs, const double[::1] shorts, long long seen,
    ) noexcept nogil
    cdef void _share(self, Rulebook book, const double[:, ::1] rows, Py_ssize_t at) noexcept nogil
    @cython.locals(passes=bint)
    cdef void permit(
        self, const double[:, ::1] rows, Py_ssize_t i, int regime, long long at_ms, double price, double atr,
    ) noexcept nogil
    @cython.locals(i=Py_ssize_t)
    cdef void _follow(
        self, Rulebook book, Py_ssize_t first, Py_ssize_t stop, const double[::1] longs, const double[::1] shorts,
    ) noexcept nogil
    @cython.locals(i=Py_ssize_t)
    cdef void _hold_back(self, Py_ssize_t cold) noexcept nogil
