cimport cython
from libc.math cimport isnan, NAN as nan

from sigma_engine.kernels.indicator cimport READING, TYPICAL, VOLUME, WORK, Indicator
from sigma_engine.kernels.rolling cimport Total


cdef class Mfi(Indicator):
    cdef double previous
    cdef Total inflows, outflows

    @cython.locals(i=Py_ssize_t, previous=double, typical=double, flow=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
