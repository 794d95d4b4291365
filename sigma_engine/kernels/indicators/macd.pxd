cimport cython
from libc.math cimport isnan, NAN as nan

from sigma_engine.kernels.averages cimport RecursiveAverage
from sigma_engine.kernels.indicator cimport CLOSE, READING, WORK, Indicator


cdef class Macd(Indicator):
    cdef int skipped
    cdef RecursiveAverage fast, slow, signal

    @cython.locals(i=Py_ssize_t, hist=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
