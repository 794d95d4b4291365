cimport cython
from libc.math cimport NAN as nan, isnan

from sigma_engine.kernels.indicator cimport Indicator
from sigma_engine.kernels.window cimport Window


cdef class Mfi(Indicator):
    cdef double previous
    cdef Window inflows, outflows

    @cython.locals(typical=double)
    cdef void step(self, long long open_ms, double open, double high, double low, double close, double volume) noexcept nogil

    @cython.locals(inflow=double, flow=double)
    cdef double part(self, int k) noexcept nogil
