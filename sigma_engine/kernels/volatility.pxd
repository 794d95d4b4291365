cimport cython
from libc.math cimport NAN as nan, isnan, sqrt


@cython.final
cdef class BlendedVolatility:
    cdef readonly int seen
    cdef double fast, slow

    cpdef double update(self, double log_return) noexcept nogil
    cdef void _take_in(self, double log_return) noexcept nogil
    @cython.locals(twin=BlendedVolatility)
    cpdef BlendedVolatility copy(self)
