cimport cython
from libc.math cimport isnan, sqrt

from sigma_engine.kernels.normal cimport quantile


@cython.final
cdef class OutcomePool:
    cdef readonly int capacity
    cdef readonly int count
    cdef readonly long long matured
    cdef int _oldest_at
    cdef double[::1] _ring
    cdef double[::1] _sorted

    cpdef void push(self, double x) noexcept nogil
    @cython.locals(low=int, high=int, middle=int)
    cpdef int below(self, double x) noexcept nogil
    @cython.locals(rank=double, at=int, part=double)
    cpdef double quantile(self, double p) noexcept nogil
    @cython.locals(spread=double)
    cpdef double error(self, double p) noexcept nogil
    cpdef double place(self, double x) noexcept nogil
    @cython.locals(twin=OutcomePool)
    cpdef OutcomePool copy(self)
    @cython.locals(at=Py_ssize_t, to=Py_ssize_t, k=Py_ssize_t)
    cdef void _replace(self, double old, double x) noexcept nogil
    @cython.locals(k=Py_ssize_t)
    cdef void _sink(self, Py_ssize_t to, Py_ssize_t at, double x) noexcept nogil
