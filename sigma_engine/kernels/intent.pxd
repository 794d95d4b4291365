cimport cython
from libc.math cimport INFINITY as inf, NAN as nan, isnan

from sigma_engine.kernels.account cimport Account
from sigma_engine.kernels.edge cimport weigh
from sigma_engine.kernels.fills cimport fill_price, on_step, units
from sigma_engine.kernels.sizing cimport (
    leverage_inside_liquidation, margin_quantity, net_odds, prudent_kelly, risk_quantity, volatility_multiple,
)
from sigma_engine.kernels.terms cimport CostTerms, ExitTerms, GateTerms, Grid, LimitTerms, SizeTerms


@cython.final
cdef class Intent:
    cdef readonly long long interval_ms
    cdef Grid grid
    cdef CostTerms costs
    cdef ExitTerms exits
    cdef GateTerms gates
    cdef SizeTerms size
    cdef LimitTerms limits
    cdef readonly int sign, leverage
    cdef readonly double quantity, stop, target, atr, kelly
    cdef readonly long long bar_ms, reserve

    cdef void withdraw(self, Account account) noexcept nogil
    @cython.locals(sign=int, at_ms=cython.longlong, price=double, stop=double, target=double, cost=double, cause=int, leverage=int, loss=double, quantity=double)
    cdef void decide(
        self, Account account, double[::1] row, long long open_ms, bint held, long long last_exit_ms, double slippage,
        double funding_rate,
    ) noexcept nogil
    @cython.locals(slip=double, paid=double, until_ms=cython.longlong, stamps=cython.longlong)
    cdef double _cost(
        self, int sign, double price, double atr, long long at_ms, double slippage, double funding_rate,
    ) noexcept nogil
    @cython.locals(long=bint, samples=cython.longlong, odds=double, favourable=double, known=bint)
    cdef int _shut_gate(
        self, Account account, double[::1] row, int sign, double stop, double target, double cost,
    ) noexcept nogil
    @cython.locals(lost=double)
    cdef int _objection(
        self, Account account, double price, double atr, long long at_ms, bint held, long long last_exit_ms,
    ) noexcept nogil
    @cython.locals(highest=double, leverage=int)
    cdef int _allowed_leverage(self, double stop) noexcept nogil
    @cython.locals(equity=double, quantity=double, share=double, reach=double, free=double)
    cdef double _quantity(
        self, Account account, double price, double atr, double sigma, double loss, int leverage,
    ) noexcept nogil
    @cython.locals(quantity=double, multiple=double)
    cdef double _wanted(self, double equity, double price, double sigma, double loss) noexcept nogil
    @cython.locals(allowed=double, equity=cython.longlong, risked=double, bound=double)
    cdef int _guard(
        self, Account account, double price, double stop, double quantity, double loss, int leverage,
    ) noexcept nogil
    cdef void _order(
        self, Account account, int sign, double quantity, int leverage, double price, double stop, double target,
        double atr, long long open_ms,
    ) noexcept nogil
    cdef double paid(self, double price) noexcept nogil
    @cython.locals(value=double)
    cdef long long needed(self, double price) noexcept nogil
