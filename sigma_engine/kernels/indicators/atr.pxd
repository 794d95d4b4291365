cimport cython
from libc.math cimport isnan, NAN as nan

from sigma_engine.kernels.averages cimport RecursiveAverage
from sigma_engine.kernels.indicator cimport CLOSE, HIGH, LOW, READING, WORK, Indicator


cdef class Atr(Indicator):
    cdef double previous
    cdef RecursiveAverage ranges

    @cython.locals(i=Py_ssize_t, previous=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
