cimport cython
from libc.math cimport NAN as nan

from sigma_engine.kernels.indicator cimport Indicator
from sigma_engine.kernels.window cimport Window


cdef class Stochastic(Indicator):
    cdef Window highs, lows, fast, slow

    @cython.locals(bottom=double, span=double)
    cdef void step(self, long long open_ms, double open, double high, double low, double close, double volume) noexcept nogil
