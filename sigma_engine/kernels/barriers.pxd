cimport cython
from libc.math cimport INFINITY as inf, M_PI as pi, NAN as nan, exp, expm1, fabs, isnan, sin, sqrt

from sigma_engine.kernels.normal cimport scaled_tail

@cython.locals(spread=double)
cpdef double touch(double distance, double drift, double sigma, double bars) noexcept nogil
@cython.locals(width=double, reach=double)
cpdef double first(double near, double far, double drift, double sigma, double bars) noexcept nogil
@cython.locals(rate=double)
cpdef double first_ever(double near, double far, double drift, double sigma) noexcept nogil
@cython.locals(reach=double, width=double, angle=double, variance=double, left=double, rate=double, j=int)
cpdef double mean_time(double near, double far, double sigma, double bars) noexcept nogil
@cython.locals(variance=double, width=double, slow=double, pull=double, angle=double, total=double, rate=double, wave=double, j=int)
cdef double _by_waves(double near, double far, double drift, double sigma, double bars) noexcept nogil
@cython.locals(width=double, total=double, gained=double, k=int)
cdef double _by_images(double near, double far, double drift, double sigma, double bars) noexcept nogil
@cython.locals(speed=double, variance=double, spread=double)
cdef double _image(double distance, double near, double drift, double sigma, double bars) noexcept nogil
