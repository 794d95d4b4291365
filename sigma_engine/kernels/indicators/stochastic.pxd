cimport cython
from libc.math cimport isnan, NAN as nan

from sigma_engine.kernels.indicator cimport CLOSE, READING, WORK, Indicator
from sigma_engine.kernels.rolling cimport Extremes, Total


cdef class Stochastic(Indicator):
    cdef double smooth, signal
    cdef Extremes extremes
    cdef Total fast, slow

    @cython.locals(i=Py_ssize_t, span=double, d=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
