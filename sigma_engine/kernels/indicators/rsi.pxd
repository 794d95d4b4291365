cimport cython
from libc.math cimport NAN as nan, isnan

from sigma_engine.kernels.averages cimport WilderAverage
from sigma_engine.kernels.indicator cimport Indicator


cdef class Rsi(Indicator):
    cdef double previous
    cdef WilderAverage rises, falls

    @cython.locals(change=double)
    cdef void step(self, long long open_ms, double open, double high, double low, double close, double volume) noexcept nogil

    @cython.locals(moved=double)
    cdef double part(self, int k) noexcept nogil
