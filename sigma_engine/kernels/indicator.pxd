cimport cython


cdef class Indicator:
    cdef void step(self, long long open_ms, double open, double high, double low, double close, double volume) noexcept nogil
    cdef double part(self, int k) noexcept nogil
    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, count=Py_ssize_t)
    cpdef void run(
        self,
        const long long[::1] open_ms,
        const double[::1] open,
        const double[::1] high,
        const double[::1] low,
        const double[::1] close,
        const double[::1] volume,
        double[:, ::1] out,
    )
