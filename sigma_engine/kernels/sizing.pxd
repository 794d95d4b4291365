cimport cython
from libc.math cimport INFINITY as inf, pow, sqrt

cpdef double net_odds(double target, double stop, double cost) noexcept nogil
cpdef double kelly(double probability, double odds) noexcept nogil
@cython.locals(ratio=double, variance=double)
cpdef double shrunk_kelly(double fraction, double probability, double odds, long long samples) noexcept nogil
@cython.locals(weight=double)
cpdef double beta_kelly(double probability, double odds, long long samples, double prior) noexcept nogil
@cython.locals(shrunk=double, pulled=double)
cpdef double prudent_kelly(double probability, double odds, long long samples, double prior) noexcept nogil
cpdef double drawdown_probability(double remaining, double share) noexcept nogil
@cython.locals(yearly=double)
cpdef double volatility_multiple(double sigma, double bars_per_year, double target, double cap) noexcept nogil
@cython.locals(loss=double)
cpdef double risk_quantity(double equity, double risk_fraction, double stop_distance, double cost_per_unit) noexcept nogil
cpdef double margin_quantity(double margin, double leverage, double price) noexcept nogil
cpdef double leverage_inside_liquidation(double stop_fraction, double maintenance_rate, double share) noexcept nogil
