cimport cython
from libc.math cimport fabs

@cython.locals(within=double, above=double, below=double)
cdef double clipped(double x) noexcept nogil
cdef double ahead(double a, double b) noexcept nogil
@cython.locals(i=Py_ssize_t, k=Py_ssize_t, close=double, fast=double, middle=double, slow=double, slowest=double, up=double, down=double, leading=double, strength=double, per_range=double)
cpdef void cast(const double[:, ::1] x, const double[::1] p_up, Py_ssize_t start, Py_ssize_t n, double[:, ::1] votes) noexcept nogil
cpdef int decided(double long, double short, double threshold, double margin) noexcept nogil


cdef class FusionScore:
    cdef readonly double threshold, margin
    cdef readonly double long_score, short_score
    cdef readonly int action
    cdef readonly tuple weights
    cdef Py_ssize_t _at
    cdef double[::1] _halves, _totals, _chance
    cdef double[:, ::1] _votes, _row

    @cython.locals(j=Py_ssize_t)
    cdef int judge(self, const double[::1] features, double p_up, int regime) noexcept nogil
    @cython.locals(i=Py_ssize_t, start=Py_ssize_t, n=Py_ssize_t, count=Py_ssize_t)
    cpdef void run(self, const double[:, ::1] features, const double[::1] p_up, const int[::1] regimes, int[::1] actions) noexcept
    @cython.locals(j=Py_ssize_t, half=double, vote=double, total=double, long=double, short=double)
    cdef void _decide(self, Py_ssize_t at, int regime) noexcept nogil
