cimport cython
from libc.math cimport NAN as nan, sqrt

from sigma_engine.kernels.indicator cimport Indicator
from sigma_engine.kernels.window cimport Window


cdef class ZScore(Indicator):
    cdef Window closes

    @cython.locals(deviation=double)
    cdef double part(self, int k) noexcept nogil
