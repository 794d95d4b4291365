from libc.math cimport NAN as nan, isnan, erfc, log, sqrt

from sigma_engine.kernels.indicator cimport Indicator
from sigma_engine.kernels.window cimport Window


cdef class MonteCarlo(Indicator):
    cdef double previous, scale, sigma
    cdef Window returns
