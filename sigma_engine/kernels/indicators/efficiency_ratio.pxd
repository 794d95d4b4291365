cimport cython
from libc.math cimport NAN as nan, fabs

from sigma_engine.kernels.indicator cimport Indicator
from sigma_engine.kernels.window cimport Window


cdef class EfficiencyRatio(Indicator):
    cdef Window closes, moves

    @cython.locals(walked=double)
    cdef double part(self, int k) noexcept nogil
