cimport cython

from sigma_engine.kernels.indicator cimport CLOSE, READING, WORK, Indicator
from sigma_engine.kernels.rolling cimport Moments


cdef class Sma(Indicator):
    cdef Moments closes
