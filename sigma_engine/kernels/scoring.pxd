cimport cython
from libc.math cimport isnan

cdef double clipped(double x) noexcept nogil
cdef double sign(double x) noexcept nogil
cdef double scaled(double x, double scale) noexcept nogil
@cython.locals(close=double, atr=double)
cpdef void cast(const double[::1] x, double p_up, double[::1] votes) noexcept nogil
cpdef int decided(double long, double short, double threshold, double margin) noexcept nogil


cdef class FusionScore:
    cdef readonly double threshold, margin
    cdef readonly double long_score, short_score
    cdef readonly int action
    cdef readonly tuple weights
    cdef double[::1] _weights
    cdef double[::1] _votes

    cdef int judge(self, const double[::1] features, double p_up, int regime) noexcept nogil
    @cython.locals(i=Py_ssize_t)
    cpdef void run(self, const double[:, ::1] features, const double[::1] p_up, const int[::1] regimes, int[::1] actions) noexcept
    @cython.locals(j=Py_ssize_t, weight=double, vote=double, total=double, long=double, short=double)
    cdef void _weigh(self, int regime) noexcept nogil
