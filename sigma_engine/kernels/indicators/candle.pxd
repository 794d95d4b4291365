from libc.math cimport NAN as nan

from sigma_engine.kernels.indicator cimport Indicator


cdef class CandleFields(Indicator):
    cdef double open, high, low, close, volume
