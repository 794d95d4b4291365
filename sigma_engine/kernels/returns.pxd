cimport cython
from libc.math cimport INFINITY as inf, NAN as nan, cos, isnan, log, sin

from sigma_engine.kernels.volatility cimport BlendedVolatility

cpdef double bounded(double x) noexcept nogil


@cython.final
cdef class Returns:
    cdef readonly double close, sigma
    cdef double _measured
    cdef readonly double surprise, quick, middle, slow
    cdef BlendedVolatility volatility
    cdef readonly long long interval_ms
    cdef long long _times, _slot, _time_ms
    cdef double[::1] _clock, x

    @cython.locals(change=double)
    cpdef void advance(self, double close) noexcept nogil
    cdef void take(self, double close, double change, double sigma) noexcept nogil
    @cython.locals(i=Py_ssize_t)
    cdef void measures(
        self, const double[::1] closes, Py_ssize_t first, Py_ssize_t n, double[::1] changes, double[::1] sigmas,
        Py_ssize_t at,
    ) noexcept nogil
    @cython.locals(turn=double)
    cdef void _tell_time(self, long long time_ms) noexcept nogil
    cdef void predict(self, long long open_ms, double drift, double deviation, double score, double slope) noexcept nogil
    @cython.locals(k=int)
    cpdef void predictors(self, double[::1] x, int start, long long open_ms, double drift, double deviation, double score, double slope) noexcept nogil
    @cython.locals(twin=Returns)
    cpdef Returns copy(self)
