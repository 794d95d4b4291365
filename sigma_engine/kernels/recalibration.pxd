cimport cython
from libc.math cimport NAN as nan, exp, log, sqrt

from sigma_engine.kernels.ledger cimport StretchedSums

cpdef double logit(double p) noexcept nogil
cpdef double logistic(double x) noexcept nogil
@cython.locals(i=Py_ssize_t)
cdef void add_scaled(double[::1] to, Py_ssize_t at, Py_ssize_t size, double scale, const double[::1] x, Py_ssize_t start) noexcept nogil
@cython.locals(i=Py_ssize_t, j=Py_ssize_t, row=Py_ssize_t, scaled=double, own=double[16])
cdef void add_square(
    double[::1] to, Py_ssize_t at, Py_ssize_t size, Py_ssize_t first, double scale, const double[::1] x, Py_ssize_t start,
) noexcept nogil


@cython.final
cdef class Recalibration:
    cdef readonly int size
    cdef readonly bint fitted
    cdef readonly tuple penalties
    cdef StretchedSums _sums
    cdef double[::1] _penalty, _totals, _columns, _inverses, _theta, _rest

    @cython.locals(at=int)
    cpdef void learn(self, long long index, const double[::1] x, int start, double p, double y, double weight) noexcept nogil
    @cython.locals(size=int, rest=double, i=int, m=int)
    cpdef void fit(self, long long index) noexcept nogil
    @cython.locals(size=int, pivot=double, inverse=double, i=int)
    cdef void _eliminate(self, int m) noexcept nogil
    @cython.locals(answer=double, i=int)
    cpdef double shift(self, const double[::1] x, int start) noexcept nogil
    @cython.locals(total=double, solved=double, i=int, m=int)
    cpdef double error(self, const double[::1] x, int start) noexcept nogil
    @cython.locals(twin=Recalibration)
    cpdef Recalibration copy(self)
