cimport cython
from libc.math cimport NAN as nan, fabs

from sigma_engine.kernels.account cimport Account
from sigma_engine.kernels.exits cimport at_open, inside
from sigma_engine.kernels.fills cimport fill_price, units
from sigma_engine.kernels.holding cimport Holding
from sigma_engine.kernels.intent cimport Intent
from sigma_engine.kernels.terms cimport CostTerms, ExitTerms, Grid

cdef long long NEVER_MS


@cython.final
cdef class Market:
    cdef readonly int number
    cdef long long interval_ms
    cdef Grid grid
    cdef CostTerms costs
    cdef ExitTerms exits
    cdef readonly Intent intent
    cdef readonly Holding holding
    cdef Market following
    cdef const long long[::1] funding_ms, minute_ms, stamps
    cdef const double[::1] funding_rates, minute_highs, minute_lows
    cdef double[:, ::1] rows
    cdef Py_ssize_t at, count, minute, stamp
    cdef bint present, calm
    cdef readonly bint funded
    cdef int leaving
    cdef long long leaving_ms, last_exit_ms, slip_fills
    cdef double slip_cost, slip_value

    @cython.locals(own=cython.longlong, others=cython.longlong)
    cdef long long next_ms(self) noexcept nogil
    @cython.locals(passed=cython.longlong, close_ms=cython.longlong)
    cdef long long idle(self, Account account) noexcept nogil
    cdef void begin(self, long long open_ms) noexcept nogil
    @cython.locals(high=double, low=double)
    cdef bint _is_clear(self) noexcept nogil
    @cython.locals(price=double, holding=int, ending=int)
    cdef void leave(self, Account account, long long open_ms) noexcept nogil
    @cython.locals(needed=cython.longlong, late=bint)
    cdef void enter(self, Account account, long long open_ms) noexcept nogil
    @cython.locals(until_ms=cython.longlong, amount=cython.longlong)
    cdef void fund(self, Account account, long long open_ms) noexcept nogil
    @cython.locals(ending=int)
    cdef void touch(self, Account account, long long open_ms) noexcept nogil
    @cython.locals(best=double)
    cdef void value(self, Account account) noexcept nogil
    @cython.locals(asked=double)
    cdef void manage(self, Account account, long long open_ms) noexcept nogil
    @cython.locals(measured=bint)
    cdef void decide(self, Account account, long long open_ms) noexcept nogil
    cpdef void finish(self, Account account, long long at_ms) noexcept
    cdef long long _due(self, long long bar_ms) noexcept nogil
    @cython.locals(stop=double, target=double, liquidation=double, sign=int, ending=int, at=Py_ssize_t, count=Py_ssize_t)
    cdef int _touched(self, long long open_ms) noexcept nogil
    @cython.locals(at=Py_ssize_t)
    cdef Py_ssize_t _minutes(self, long long open_ms) noexcept nogil
    @cython.locals(stamp_ms=cython.longlong, low=Py_ssize_t, high=Py_ssize_t, middle=Py_ssize_t, rate=double)
    cdef double _rate(self, long long at_ms) noexcept nogil
    @cython.locals(paid=double, quantity=double, fee=cython.longlong, margin=cython.longlong, slippage=cython.longlong)
    cdef void _open(self, Account account, double price, long long open_ms) noexcept nogil
    cdef void _end(self, Account account, int ending, double reference, long long at_ms) noexcept nogil
    @cython.locals(liquidated=bint, resting=bint, adverse=double, price=double, quantity=double, rate=double, fee=cython.longlong, slippage=cython.longlong, gross=cython.longlong)
    cdef void _close(self, Account account, double reference, int reason, long long at_ms) noexcept nogil
    cdef void _measure(self, long long slippage, double price, double quantity) noexcept nogil
    @cython.locals(n=Py_ssize_t)
    cdef void _write(
        self, Account account, double price, int reason, long long at_ms, long long fee, long long slippage,
        long long gross,
    ) noexcept nogil


@cython.locals(candles=cython.longlong, open_ms=cython.longlong, eventful=bint)
cpdef long long run(Market leader, Account account, long long interval_ms)
