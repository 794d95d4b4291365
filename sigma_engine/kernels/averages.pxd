from libc.math cimport NAN as nan


cdef class ExponentialAverage:
    cdef readonly int period
    cdef readonly int seen
    cdef readonly double value
    cdef double weight
    cdef double seed
    cdef void push(self, double x) noexcept nogil


cdef class WilderAverage:
    cdef readonly int period
    cdef readonly int seen
    cdef readonly double value
    cdef double seed
    cdef void push(self, double x) noexcept nogil
