cimport cython
from libc.math cimport NAN as nan

from sigma_engine.kernels.bank cimport Table
from sigma_engine.kernels.indicator cimport CLOSE, HIGH, LOW, OPEN, READING, VOLUME, Indicator


cdef class HigherTimeframe(Indicator):
    cdef Indicator inner
    cdef Table table
    cdef long long interval_ms, base_ms, period
    cdef bint building
    cdef double open, high, low, close, volume
    cdef double[6] held

    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, period=cython.longlong)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
    @cython.locals(k=Py_ssize_t, opened_ms=cython.longlong)
    cdef void complete(self) noexcept nogil


@cython.locals(twin=HigherTimeframe)
cpdef HigherTimeframe _restored(Indicator inner, long long interval_ms, long long base_ms, tuple candle, list held)
