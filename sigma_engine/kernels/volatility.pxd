from libc.math cimport NAN as nan, isnan, sqrt


cdef class BlendedVolatility:
    cdef readonly int seen
    cdef double fast, slow

    cpdef double update(self, double log_return) noexcept
    cdef void _take_in(self, double log_return) noexcept
