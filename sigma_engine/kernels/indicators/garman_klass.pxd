cimport cython
from libc.math cimport log, NAN as nan, sqrt

from sigma_engine.kernels.indicator cimport CLOSE, HIGH, LOW, OPEN, READING, WORK, Indicator
from sigma_engine.kernels.rolling cimport Moments


cdef class GarmanKlass(Indicator):
    cdef double annual
    cdef Moments variances

    @cython.locals(i=Py_ssize_t, reach=double, body=double, sigma=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
