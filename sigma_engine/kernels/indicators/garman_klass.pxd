cimport cython
from libc.math cimport NAN as nan, log, sqrt

from sigma_engine.kernels.indicator cimport Indicator
from sigma_engine.kernels.window cimport Window


cdef class GarmanKlass(Indicator):
    cdef double annual, sigma
    cdef Window variances

    @cython.locals(reach=double, body=double, variance=double, mean=double)
    cdef void step(self, long long open_ms, double open, double high, double low, double close, double volume) noexcept nogil
