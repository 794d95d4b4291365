cimport cython
from libc.math cimport fabs


@cython.final
cdef class RegimeVote:
    cdef readonly int state
    cdef readonly int age
    cdef int strong

    cpdef int step(self, double adx, double efficiency, double slope) noexcept nogil
    @cython.locals(trending=bint, ranging=bint, leaves=bint)
    cdef int _next(self, double adx, double efficiency, double slope) noexcept nogil
    @cython.locals(bits=int, count=int)
    cdef int _strong_bars(self) noexcept nogil
