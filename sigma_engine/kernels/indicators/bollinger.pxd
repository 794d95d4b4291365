cimport cython
from libc.math cimport NAN as nan, sqrt

from sigma_engine.kernels.indicator cimport CLOSE, READING, WORK, Indicator
from sigma_engine.kernels.rolling cimport Moments


cdef class Bollinger(Indicator):
    cdef double width
    cdef double share
    cdef Moments closes

    @cython.locals(i=Py_ssize_t, centre=double, reach=double, lower=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
