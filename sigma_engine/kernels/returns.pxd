cimport cython
from libc.math cimport INFINITY as inf, NAN as nan, cos, isnan, log, sin

from sigma_engine.kernels.volatility cimport BlendedVolatility

cpdef double bounded(double x) noexcept nogil


@cython.final
cdef class Returns:
    cdef readonly double close, sigma
    cdef readonly double surprise, quick, middle, slow
    cdef BlendedVolatility volatility

    @cython.locals(change=double, expected=double)
    cpdef void advance(self, double close) noexcept nogil
    @cython.locals(change=double)
    cdef double measure(self, double close) noexcept nogil
    @cython.locals(turn=double)
    cpdef void predictors(self, double[::1] x, int start, long long open_ms, double drift, double deviation, double score, double slope) noexcept nogil
    @cython.locals(twin=Returns)
    cpdef Returns copy(self)
