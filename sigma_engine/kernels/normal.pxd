cimport cython
from libc.math cimport NAN as nan, erfc, exp, fabs, log, sqrt

cpdef double cdf(double x) noexcept nogil
@cython.locals(q=double, r=double, tail=double)
cpdef double quantile(double p) noexcept nogil
@cython.locals(square=double)
cpdef double scaled_tail(double exponent, double x) noexcept nogil
