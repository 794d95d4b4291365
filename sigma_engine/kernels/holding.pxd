cimport cython
from libc.math cimport NAN as nan, fabs

from sigma_engine.kernels.exits cimport at_breakeven, extended, trailed
from sigma_engine.kernels.fills cimport liquidation, on_tick, units
from sigma_engine.kernels.terms cimport ExitTerms, Grid


@cython.final
cdef class Holding:
    cdef readonly int sign, leverage, stop_kind
    cdef readonly double quantity, entry, stop, target, initial_stop, trailing, liquidation, extreme, atr, mark
    cdef readonly long long entry_ms, signal_ms, bars
    cdef readonly long long margin, fees, funding, slippage, unrealised

    cdef void open(
        self, int sign, double quantity, int leverage, double entry, long long entry_ms, long long signal_ms,
        double stop_distance, double target_distance, double atr, long long margin, ExitTerms exits, Grid grid,
    ) noexcept nogil
    cdef void _find_liquidation(self, Grid grid) noexcept nogil
    @cython.locals(before=cython.longlong)
    cdef long long value(self, double price, double best, Grid grid) noexcept nogil
    @cython.locals(amount=cython.longlong)
    cdef long long fund(self, double price, double rate, Grid grid) noexcept nogil
    @cython.locals(stop=double, kind=int, risk=double, moved=double)
    cdef void move_stop(self, ExitTerms exits, Grid grid) noexcept nogil


@cython.locals(rounded=double)
cdef double level(double price, Grid grid) noexcept nogil
