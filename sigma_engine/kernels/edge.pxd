cimport cython
from libc.math cimport INFINITY as inf, NAN as nan, isnan, log, sqrt

from sigma_engine.kernels.barriers cimport first, mean_time

@cython.locals(width=double, coin=double, gain=double, error=double, near=double, far=double, share=double, drift_error=double)
cpdef void weigh(
    int sign, double stop, double target, double cost, double sigma, double horizon, double barrier_bars, double won,
    double lost, double won_error, double move, double move_error, double[::1] out,
) noexcept nogil
@cython.locals(coin_won=double, coin_lost=double, touched=double)
cdef double by_odds(double near, double far, double width, double sigma, double bars, double won, double lost) noexcept nogil
@cython.locals(bars=double)
cdef double by_drift(double near, double far, double sigma, double horizon, double move, double move_error) noexcept nogil
cdef double up(double fraction) noexcept nogil
cdef double down(double fraction) noexcept nogil
cdef double probability(double value) noexcept nogil
