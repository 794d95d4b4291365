cimport cython
from libc.math cimport NAN as nan, fabs

from sigma_engine.kernels.averages cimport WilderAverage
from sigma_engine.kernels.indicator cimport Indicator


cdef class Adx(Indicator):
    cdef int period, seen
    cdef bint warm, directed
    cdef double previous_high, previous_low, previous_close
    cdef double ranges, rises, falls
    cdef WilderAverage average

    @cython.locals(rise=double, fall=double, reach=double, kept=double)
    cdef void move(self, double high, double low) noexcept nogil
    cdef void judge(self) noexcept nogil
    cdef double share(self, double moved) noexcept nogil
