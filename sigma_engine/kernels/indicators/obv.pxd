cimport cython
from libc.math cimport INFINITY as inf

from sigma_engine.kernels.averages cimport RecursiveAverage
from sigma_engine.kernels.indicator cimport CLOSE, READING, VOLUME, Indicator


cdef class Obv(Indicator):
    cdef double previous, balance
    cdef RecursiveAverage average

    @cython.locals(i=Py_ssize_t, previous=double, balance=double, close=double, volume=double, bought=double, sold=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
