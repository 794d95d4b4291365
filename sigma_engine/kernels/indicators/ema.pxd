cimport cython

from sigma_engine.kernels.averages cimport RecursiveAverage
from sigma_engine.kernels.indicator cimport CLOSE, READING, Indicator


cdef class Ema(Indicator):
    cdef RecursiveAverage average


cdef class FourEmas(Indicator):
    cdef RecursiveAverage first, second, third, fourth

    @cython.locals(k=Py_ssize_t, x=double, first=double, second=double, third=double, fourth=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
    cdef bint all_seeded(self) noexcept nogil
