cimport cython
from libc.math cimport fabs, NAN as nan

from sigma_engine.kernels.indicator cimport CLOSE, READING, WORK, Indicator
from sigma_engine.kernels.rolling cimport Total
from sigma_engine.kernels.window cimport Window


cdef class EfficiencyRatio(Indicator):
    cdef int period
    cdef Window closes
    cdef Total moves

    @cython.locals(i=Py_ssize_t, walked=double, covered=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
