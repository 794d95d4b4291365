from libc.math cimport NAN as nan, isnan

from sigma_engine.kernels.averages cimport WilderAverage
from sigma_engine.kernels.indicator cimport Indicator


cdef class Atr(Indicator):
    cdef double previous
    cdef WilderAverage ranges
