cdef enum:
    OPEN = 0
    HIGH = 1
    LOW = 2
    CLOSE = 3
    VOLUME = 4
    TYPICAL = 5
    READING = 6
    WORK = 12
    ROWS = 16
    STRETCH = 64


cdef class Indicator:
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
    cpdef void want(self, int parts) noexcept
