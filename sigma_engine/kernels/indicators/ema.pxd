cimport cython

from sigma_engine.kernels.averages cimport RecursiveAverage
from sigma_engine.kernels.indicator cimport CLOSE, READING, Indicator


cdef class Ema(Indicator):
    cdef RecursiveAverage average
