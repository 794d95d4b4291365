cimport cython
from sigma_engine.kernels.indicator cimport Indicator


cdef class Bank:
    cdef list members
    cdef tuple sources
    cdef Py_ssize_t[::1] first
    cdef Py_ssize_t[::1] parts
    cdef Py_ssize_t[::1] columns

    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, m=Py_ssize_t, start=Py_ssize_t, stop=Py_ssize_t, count=Py_ssize_t, low_k=Py_ssize_t, high_k=Py_ssize_t, member=Indicator)
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
    @cython.locals(k=Py_ssize_t, m=Py_ssize_t, member=Indicator)
    cpdef void update(self, long long open_ms, double open, double high, double low, double close, double volume, double[::1] out)
