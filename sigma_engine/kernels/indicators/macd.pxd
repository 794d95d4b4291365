from libc.math cimport NAN as nan

from sigma_engine.kernels.averages cimport ExponentialAverage
from sigma_engine.kernels.indicator cimport Indicator


cdef class Macd(Indicator):
    cdef int skipped
    cdef double line
    cdef ExponentialAverage fast, slow, signal
