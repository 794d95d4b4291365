cimport cython


@cython.final
cdef class Account:
    cdef readonly long long wallet, day_open_equity, margin, unrealised, reserved, next_day_ms
    cdef readonly long long positions, reservations, trades_today, busy
    cdef readonly long long orders, fills, signals
    cdef readonly Py_ssize_t trades, points
    cdef readonly long long[::1] refusals
    cdef double[::1] edges
    cdef double[:, ::1] reals
    cdef long long[:, ::1] integers
    cdef long long[::1] times, curve

    cdef long long equity(self) noexcept nogil
    cdef long long free(self) noexcept nogil
    cdef void turn_to(self, long long at_ms) noexcept nogil
    cpdef void record_equity(self, long long at_ms) noexcept nogil
    cdef void refuse(self, int cause) noexcept nogil
