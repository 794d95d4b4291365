cimport cython

from sigma_engine.kernels.distances cimport distance


@cython.final
cdef class Permission:
    cdef readonly int days, opens, shuts
    cdef int[::1] _sides
    cdef int _stop_measure, _target_measure
    cdef double _stop_value, _target_value

    cpdef bint takes(self, int sign, int regime) noexcept nogil
    @cython.locals(minute=cython.longlong)
    cpdef int closed(self, long long at_ms) noexcept nogil
    cpdef int misplaced(self, int sign, double price) noexcept nogil
    @cython.locals(shut=int, wrong=int)
    cpdef int obstacle(self, int sign, int regime, long long at_ms, bint passes, double price, double atr) noexcept nogil
