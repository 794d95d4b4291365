cimport cython
from libc.math cimport NAN as nan

from sigma_engine.kernels.distances cimport distance
from sigma_engine.kernels.fills cimport slippage_fraction


@cython.final
cdef class Grid:
    cdef readonly double tick_units, tick_scale, step_units, step_scale, smallest, min_cost, maintenance_rate, depth
    cdef readonly int max_leverage


@cython.final
cdef class CostTerms:
    cdef readonly double fee, maker, slippage, range_share, spread
    cdef readonly int latency_bars
    cdef readonly long long enough_fills

    cdef double slippage_at(self, double range, double price) noexcept nogil
    cdef double adverse(self, double range, double price) noexcept nogil


@cython.final
cdef class ExitTerms:
    cdef readonly int stop_measure, target_measure, trailing_measure
    cdef readonly double stop_value, target_value, trailing_value, breakeven_at_r
    cdef readonly long long time_stop_bars
    cdef readonly bint moves

    cdef double stop(self, double price, double atr) noexcept nogil
    cdef double target(self, double price, double atr, double stop) noexcept nogil
    cdef double trailing(self, double price, double atr) noexcept nogil


@cython.final
cdef class SizeTerms:
    cdef readonly double risk_fraction, fixed_quantity, fixed_notional, margin_fraction
    cdef readonly double volatility_target, volatility_cap, gap_share, depth_share, free_margin_share, bars_per_year
    cdef readonly int leverage


@cython.final
cdef class GateTerms:
    cdef readonly bint edge, probability, kelly
    cdef readonly double kelly_share, moderate, prior_samples
    cdef readonly long long least_matured, horizon_bars, barrier_bars


@cython.final
cdef class LimitTerms:
    cdef readonly long long max_positions, max_trades_per_day, cooldown_ms
    cdef readonly int max_leverage
    cdef readonly double max_daily_loss, max_risk, max_margin, stop_share, tolerance
