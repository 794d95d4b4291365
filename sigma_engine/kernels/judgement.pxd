cimport cython

from sigma_engine.kernels.expression cimport Program
from sigma_engine.kernels.permission cimport Permission
from sigma_engine.kernels.scoring cimport decided


@cython.final
cdef class Rulebook:
    cdef readonly Program long_share, short_share, exit_long, exit_short
    cdef readonly double threshold, margin
    cdef double[::1] longs, shorts, long_ends, short_ends

    cdef void look(self, const double[:, :] rows, Py_ssize_t start, Py_ssize_t n, bint by_scores) noexcept nogil


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
    cdef bint _ranging_differs, _mixed_differs, _filtered
    cdef Py_ssize_t _start, _count
    cdef double[::1] _passes

    cpdef void step(
        self, const double[:, :] rows, Py_ssize_t at, int regime, double long, double short, long long at_ms,
        double price, double atr, long long seen,
    ) noexcept nogil
    cdef void look(self, const double[:, :] rows, Py_ssize_t start, Py_ssize_t n) noexcept nogil
    cdef void decide(
        self, const double[:, :] rows, Py_ssize_t i, int regime, double long, double short, long long at_ms,
        double price, double atr, long long seen,
    ) noexcept nogil
    cdef void _ask(self, Rulebook book, Py_ssize_t i, double long, double short) noexcept nogil


cdef int met(double long, double short) noexcept nogil
