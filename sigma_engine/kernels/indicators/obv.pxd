from libc.math cimport NAN as nan, isnan

from sigma_engine.kernels.averages cimport ExponentialAverage
from sigma_engine.kernels.indicator cimport Indicator


cdef class Obv(Indicator):
    cdef double previous, balance
    cdef ExponentialAverage average
