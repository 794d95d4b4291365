cimport cython
from libc.math cimport NAN as nan, sqrt

from sigma_engine.kernels.indicator cimport Indicator
from sigma_engine.kernels.window cimport Window


cdef class Bollinger(Indicator):
    cdef double width, reach
    cdef Window closes

    @cython.locals(lower=double)
    cdef double part(self, int k) noexcept nogil
