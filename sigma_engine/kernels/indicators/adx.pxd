cimport cython
from libc.math cimport fabs, isnan, NAN as nan

from sigma_engine.kernels.averages cimport RecursiveAverage
from sigma_engine.kernels.indicator cimport CLOSE, HIGH, LOW, READING, WORK, Indicator


cdef class Adx(Indicator):
    cdef int period, seen
    cdef double previous_high, previous_low, previous_close
    cdef double ranges, rises, falls
    cdef RecursiveAverage average

    @cython.locals(i=Py_ssize_t, ranges=double, rises=double, falls=double, moved=double, directed=bint)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
    @cython.locals(i=Py_ssize_t, high=double, low=double, close=double, rise=double, fall=double, reach=double, kept=double, ranges=double, rises=double, falls=double, seen=int)
    cdef void move(self, Py_ssize_t n, double[:, ::1] rows) noexcept nogil
