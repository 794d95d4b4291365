cimport cython
from libc.math cimport NAN as nan, exp, log, sqrt

from sigma_engine.kernels.ledger cimport StretchedSums

cpdef double logit(double p) noexcept nogil
cpdef double logistic(double x) noexcept nogil


@cython.final
cdef class Recalibration:
    cdef readonly int size
    cdef readonly bint fitted
    cdef readonly tuple penalties
    cdef StretchedSums _sums
    cdef double[::1] _penalty
    cdef double[::1] _root
    cdef double[::1] _theta
    cdef double[::1] _solved

    @cython.locals(at=int, pull=double, curve=double, i=int, j=int, k=int)
    cpdef void learn(self, long long index, const double[::1] x, int start, double p, double y, double weight) noexcept nogil
    @cython.locals(rest=double, i=int, j=int, k=int, m=int)
    cpdef void fit(self, long long index) noexcept nogil
    @cython.locals(rest=double, i=int, m=int)
    cdef void _forward(self, long long index) noexcept nogil
    @cython.locals(answer=double, i=int)
    cpdef double shift(self, const double[::1] x, int start) noexcept nogil
    @cython.locals(total=double, rest=double, i=int, m=int)
    cpdef double error(self, const double[::1] x, int start) noexcept nogil
    @cython.locals(twin=Recalibration)
    cpdef Recalibration copy(self)
