cimport cython

from sigma_engine.kernels.indicator cimport CLOSE, READING, Indicator


cdef class CandleFields(Indicator):
    @cython.locals(i=Py_ssize_t, k=Py_ssize_t)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
