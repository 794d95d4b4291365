cimport cython
from libc.math cimport fabs, NAN as nan

from sigma_engine.kernels.indicator cimport READING, TYPICAL, WORK, Indicator
from sigma_engine.kernels.rolling cimport Moments
from sigma_engine.kernels.window cimport Window


cdef class Cci(Indicator):
    cdef int period
    cdef Moments moments
    cdef Window typical

    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, fours=Py_ssize_t, mean=double, spread=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
