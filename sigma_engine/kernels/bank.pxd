cimport cython
from libc.math cimport INFINITY as inf, NAN as nan

from sigma_engine.kernels.indicator cimport CLOSE, HIGH, LOW, OPEN, READING, ROWS, STRETCH, TYPICAL, VOLUME, Indicator

cpdef bint is_sound(double open, double high, double low, double close, double volume) noexcept nogil
@cython.locals(sound=double)
cdef double soundness(double open, double high, double low, double close, double volume) noexcept nogil


cdef class Table:
    cdef long long[::1] stamps
    cdef double[:, ::1] rows

    cdef void put(self, Py_ssize_t i, long long open_ms, double open, double high, double low, double close, double volume) noexcept nogil
    @cython.locals(i=Py_ssize_t)
    cdef void _copy(self, Py_ssize_t row, const double[::1] values, Py_ssize_t first, Py_ssize_t n) noexcept nogil
    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, n=Py_ssize_t)
    cdef Py_ssize_t take(
        self, const long long[::1] open_ms, const double[::1] open, const double[::1] high, const double[::1] low,
        const double[::1] close, const double[::1] volume, Py_ssize_t first, Py_ssize_t most,
    ) noexcept nogil


cdef class Member:
    cdef Indicator indicator
    cdef Py_ssize_t count
    cdef Py_ssize_t[::1] columns, parts
    cdef Member following

    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, column=Py_ssize_t, row=Py_ssize_t)
    cdef void advance(self, Table table, Py_ssize_t n, Py_ssize_t start, double[:, ::1] out) noexcept nogil


cdef class Bank:
    cdef tuple indicators, sources
    cdef readonly Py_ssize_t width
    cdef Table table
    cdef Member leader
    cdef double[:, ::1] stretch

    @cython.locals(done=Py_ssize_t, n=Py_ssize_t, k=Py_ssize_t)
    cdef void fill(
        self, const long long[::1] open_ms, const double[::1] open, const double[::1] high, const double[::1] low,
        const double[::1] close, const double[::1] volume, Py_ssize_t first, Py_ssize_t count, double[:, ::1] out,
        Py_ssize_t start,
    ) noexcept nogil
    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, n=Py_ssize_t, start=Py_ssize_t)
    cpdef void run(
        self,
        const long long[::1] open_ms,
        const double[::1] open,
        const double[::1] high,
        const double[::1] low,
        const double[::1] close,
        const double[::1] volume,
        double[:, ::1] out,
    )
    @cython.locals(k=Py_ssize_t)
    cpdef void update(self, long long open_ms, double open, double high, double low, double close, double volume, double[:, ::1] out)
