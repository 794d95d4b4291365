cimport cython
from libc.math cimport NAN as nan

from sigma_engine.kernels.exits cimport at_open, extended, inside, trailed


cdef class Walk:
    cdef readonly int sign
    cdef readonly double stop, target, extreme
    cdef double stop_ranges, target_ranges, trailing_ranges
    cdef double distance, range
    cdef int wanted

    @cython.locals(i=Py_ssize_t, ending=int)
    cpdef void run(
        self,
        const double[::1] open,
        const double[::1] high,
        const double[::1] low,
        const double[:] atr,
        const int[::1] actions,
        int[::1] endings,
    ) noexcept
    cdef void _enter(self, double price) noexcept nogil
