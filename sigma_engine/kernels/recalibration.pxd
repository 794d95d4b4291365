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
    cdef double[::1] x, _penalty, _totals, _square, _columns, _inverses, _theta, _rest

    @cython.locals(
        size=Py_ssize_t, at=Py_ssize_t, i=Py_ssize_t, j=Py_ssize_t, k=Py_ssize_t, pull=double, curve=double,
        scaled=double, own=double[16],
    )
    cdef void learn_x(self, long long index, double p, double y, double weight) noexcept nogil
    @cython.locals(i=int)
    cpdef void learn(self, long long index, const double[::1] x, int start, double p, double y, double weight) noexcept nogil
    @cython.locals(size=Py_ssize_t, rest=double, i=Py_ssize_t, j=Py_ssize_t, k=Py_ssize_t, m=Py_ssize_t)
    cpdef void fit(self, long long index) noexcept nogil
    @cython.locals(
        size=Py_ssize_t, pivot=double, inverse=double, i=Py_ssize_t, j=Py_ssize_t, scaled=double, own=double[16],
    )
    cdef void _eliminate(self, Py_ssize_t m) noexcept nogil
    @cython.locals(answer=double, i=int)
    cpdef double shift(self, const double[::1] x, int start) noexcept nogil
    @cython.locals(total=double, solved=double, i=Py_ssize_t, m=Py_ssize_t)
    cpdef double error(self, const double[::1] x, int start) noexcept nogil
    @cython.locals(twin=Recalibration)
    cpdef Recalibration copy(self)
