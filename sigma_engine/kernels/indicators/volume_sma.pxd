cimport cython

from sigma_engine.kernels.indicator cimport READING, VOLUME, WORK, Indicator
from sigma_engine.kernels.rolling cimport Moments


cdef class VolumeSma(Indicator):
    cdef Moments volumes
