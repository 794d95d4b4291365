from sigma_engine.kernels.averages cimport ExponentialAverage
from sigma_engine.kernels.indicator cimport Indicator


cdef class Ema(Indicator):
    cdef ExponentialAverage average
