cimport cython
from libc.math cimport INFINITY as inf, fabs

@cython.locals(within=double, above=double, below=double)
cdef double clipped(double x) noexcept nogil
cdef double ahead(double a, double b) noexcept nogil
@cython.locals(
    i=Py_ssize_t, atr=double, inverse=double, close=double, fast=double, middle=double, slow=double, slowest=double,
    up=double, down=double, mean=double, strength=double, plus=double, minus=double, volume=double, average=double,
)
cdef void cast(
    const double[:, ::1] x, const int[::1] places, Py_ssize_t start, Py_ssize_t n, const double[::1] p_up,
    double[:, ::1] votes,
) noexcept nogil
cpdef int decided(double long, double short, double threshold, double margin) noexcept nogil


@cython.final
cdef class FusionScore:
    cdef readonly double threshold, margin
    cdef double[::1] longs, shorts
    cdef readonly int action
    cdef readonly tuple weights
    cdef Py_ssize_t _at
    cdef double[::1] _halves, _totals, _chances
    cdef double[:, ::1] _votes, _features
    cdef int[::1] _places

    @cython.locals(j=Py_ssize_t)
    cpdef int step(self, const double[::1] features, double p_up, int regime) noexcept nogil
    @cython.locals(i=Py_ssize_t, j=Py_ssize_t, start=Py_ssize_t, n=Py_ssize_t, count=Py_ssize_t)
    cpdef void run(self, const double[:, ::1] features, const double[::1] p_up, const int[::1] regimes, int[::1] actions) noexcept
    @cython.locals(first=Py_ssize_t, stop=Py_ssize_t)
    cdef void weigh(
        self, const double[:, ::1] x, const int[::1] places, Py_ssize_t start, Py_ssize_t n, const double[::1] p_up,
        const int[::1] regimes,
    ) noexcept nogil
    @cython.locals(
        i=Py_ssize_t, j=Py_ssize_t, half=double, next_half=double, vote=double, following=double, total=double, by=double,
    )
    cdef void _weigh(self, Py_ssize_t first, Py_ssize_t stop, int regime) noexcept nogil
