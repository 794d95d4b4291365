cimport cython
from libc.math cimport NAN as nan, fabs

from sigma_engine.kernels.averages cimport RecursiveAverage
from sigma_engine.kernels.indicator cimport CLOSE, READING, WORK, Indicator


cdef class Rsi(Indicator):
    cdef double previous
    cdef RecursiveAverage rises, falls

    @cython.locals(i=Py_ssize_t, previous=double, change=double, moved=double, share=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
