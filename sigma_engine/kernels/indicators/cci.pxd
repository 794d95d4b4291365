cimport cython
from libc.math cimport NAN as nan

from sigma_engine.kernels.indicator cimport Indicator
from sigma_engine.kernels.window cimport Window


cdef class Cci(Indicator):
    cdef Window typical

    @cython.locals(mean=double, spread=double)
    cdef double part(self, int k) noexcept nogil
