cimport cython
from libc.math cimport NAN as nan, exp, isnan, log, sqrt

from sigma_engine.kernels.normal cimport cdf, quantile

cpdef double p_up(double drift, double sigma, double bars) noexcept nogil
cpdef double p_above(double price, double level, double drift, double sigma, double bars) noexcept nogil
cpdef double expected_price(double price, double drift, double sigma, double bars) noexcept nogil
cpdef double price_quantile(double price, double p, double drift, double sigma, double bars) noexcept nogil

@cython.locals(exponent=double)
cpdef double bridged(double before, double after, double sigma) noexcept nogil


@cython.final
cdef class PathBank:
    cdef readonly int bars
    cdef readonly double error
    cdef double[::1] _walks
    cdef double[::1] _ends

    @cython.locals(end=double, low=int, high=int, middle=int)
    cpdef double p_up(self, double drift, double sigma) noexcept nogil
    @cython.locals(share=double, both=double)
    cpdef double p_up_error(self, double drift, double sigma) noexcept nogil
    @cython.locals(i=Py_ssize_t, pair=double, total=double, squares=double, mean=double)
    cpdef double first_share(self, double near, double far, double drift, double sigma) noexcept nogil
    @cython.locals(start=Py_ssize_t, k=Py_ssize_t, at=double, untouched=double, answer=double, before=double, reached=double, stopped=double)
    cdef double _touches_first(self, Py_ssize_t path, double turn, double near, double far, double drift, double sigma) noexcept nogil
    cpdef tuple band(self, double coverage, double drift, double sigma)
    @cython.locals(rank=double, below=int, part=double)
    cdef double _end(self, double p) noexcept
