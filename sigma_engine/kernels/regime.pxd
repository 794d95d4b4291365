cimport cython
from libc.math cimport NAN as nan, fabs


@cython.final
cdef class RegimeVote:
    cdef readonly int state
    cdef readonly int age
    cdef int strong

    @cython.locals(following=int)
    cpdef int step(self, double adx, double efficiency, double slope) noexcept nogil
    @cython.locals(i=Py_ssize_t, steepness=double)
    cpdef void run(self, const double[:, ::1] block, Py_ssize_t adx, Py_ssize_t efficiency, Py_ssize_t slope, Py_ssize_t atr, int[::1] states) noexcept
    @cython.locals(trending=bint, ranging=bint, leaves=bint)
    cdef int _next(self, double adx, double efficiency, double slope) noexcept nogil
    @cython.locals(bits=int)
    cdef int _strong_bars(self) noexcept nogil
