cimport cython
from libc.math cimport NAN as nan

from sigma_engine.kernels.indicator cimport Indicator


cdef class Vwap(Indicator):
    cdef long long day
    cdef double money, volume, typical

    @cython.locals(day=cython.longlong)
    cdef void step(self, long long open_ms, double open, double high, double low, double close, double volume) noexcept nogil
