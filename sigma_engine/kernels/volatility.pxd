cimport cython
from libc.math cimport NAN as nan, isnan, sqrt


@cython.final
cdef class BlendedVolatility:
    cdef readonly int seen
    cdef double fast, slow

    cpdef double update(self, double log_return) noexcept nogil
    @cython.locals(i=Py_ssize_t, stop=Py_ssize_t, k=Py_ssize_t, fast=double, slow=double, square=double)
    cdef void run(self, Py_ssize_t start, Py_ssize_t n, const double[::1] changes, double[::1] sigmas) noexcept nogil
    cdef void _take_in(self, double log_return) noexcept nogil
    @cython.locals(twin=BlendedVolatility)
    cpdef BlendedVolatility copy(self)
