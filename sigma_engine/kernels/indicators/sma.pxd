from sigma_engine.kernels.indicator cimport Indicator
from sigma_engine.kernels.window cimport Window


cdef class Sma(Indicator):
    cdef Window closes
