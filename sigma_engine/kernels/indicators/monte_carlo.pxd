cimport cython
from libc.math cimport erfc, log, NAN as nan, sqrt

from sigma_engine.kernels.indicator cimport CLOSE, READING, WORK, Indicator
from sigma_engine.kernels.rolling cimport Moments


cdef class MonteCarlo(Indicator):
    cdef double previous, scale
    cdef int period
    cdef Moments returns
    cdef bint says_odds

    cpdef void want(self, int parts) noexcept

    @cython.locals(i=Py_ssize_t, previous=double, sigma=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
