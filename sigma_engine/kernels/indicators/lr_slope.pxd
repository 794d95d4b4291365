cimport cython

from sigma_engine.kernels.indicator cimport CLOSE, READING, Indicator
from sigma_engine.kernels.window cimport Window


cdef class LinearRegressionSlope(Indicator):
    cdef int period
    cdef Window closes

    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, weight=double, count=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
