cimport cython
from libc.math cimport NAN as nan, exp, log, sqrt

from sigma_engine.kernels.bootstrap cimport BlockBootstrap
from sigma_engine.kernels.ledger cimport StretchedSums
from sigma_engine.kernels.normal cimport cdf, quantile
from sigma_engine.kernels.odds cimport BarrierOdds, above, below
from sigma_engine.kernels.paths cimport PathBank, p_up
from sigma_engine.kernels.pool cimport OutcomePool
from sigma_engine.kernels.recalibration cimport Recalibration, logistic
from sigma_engine.kernels.returns cimport Returns
from sigma_engine.kernels.scoreboard cimport Scoreboard

cdef double tail_of(int band) noexcept nogil
cdef double density(double x) noexcept nogil


@cython.final
cdef class ForecastFold:
    cdef readonly int horizon, barrier_bars, model
    cdef readonly long long interval_ms
    cdef readonly Returns returns
    cdef readonly OutcomePool pool
    cdef readonly BlockBootstrap blocks
    cdef readonly PathBank bank
    cdef readonly BarrierOdds odds
    cdef readonly Recalibration direction
    cdef readonly StretchedSums evidence
    cdef readonly Scoreboard board
    cdef readonly double share
    cdef double _root
    cdef double[::1] _x
    cdef double[::1] _closes
    cdef long long[::1] _indices
    cdef double[::1] _said_band
    cdef long long _said_index, _index, _open_ms
    cdef int _at
    cdef double _said_close, _said_scale, _said_drift, _said_deviation, _said_p, _said_model, _said_raw
    cdef double _raw, _trusted
    cdef double[::1] said, _changes, sigmas, _close

    @cython.locals(k=int)
    cpdef void step(
        self, long long open_ms, double high, double low, double close, double drift, double deviation, double score,
        double slope, double stop, double target, double[::1] out,
    ) noexcept nogil
    @cython.locals(done=Py_ssize_t, sound=Py_ssize_t, i=Py_ssize_t)
    cdef void measure(self, const double[::1] closes, Py_ssize_t first, Py_ssize_t n) noexcept nogil
    @cython.locals(index=cython.longlong, at=int, k=int)
    cdef void advance(
        self, Py_ssize_t i, long long open_ms, double high, double low, double close, double drift, double deviation, double score,
        double slope, double stop, double target, int depth,
    ) noexcept nogil
    @cython.locals(twin=ForecastFold)
    cpdef ForecastFold copy(self)
    @cython.locals(i=Py_ssize_t)
    cpdef void run(
        self, const long long[::1] open_ms, const double[::1] high, const double[::1] low, const double[::1] close,
        const double[:, ::1] inputs, double[:, ::1] out,
    )
    @cython.locals(happened=double, k=int)
    cdef void _mature(self, long long index, int at, double high, double low, double close, int depth) noexcept nogil
    @cython.locals(x=double, happened=double, gain=double)
    cdef void _score(self, long long index, double outcome) noexcept nogil
    @cython.locals(spread=double, outcome=double)
    cdef double _place(self, double x) noexcept nogil
    @cython.locals(gain=double, squares=double, enough=bint)
    cdef void _weigh(self, long long index) noexcept nogil
    @cython.locals(k=int)
    cdef void _keep(self, long long index, double close, double drift, double deviation) noexcept nogil
    @cython.locals(k=int)
    cdef void _say(
        self, int at, long long open_ms, double close, double drift, double deviation, double sigma, double stop,
        double target, int depth,
    ) noexcept nogil
    @cython.locals(long_target=double, long_stop=double, short_stop=double)
    cdef void _say_odds(
        self, long long open_ms, double close, double drift, double deviation, double sigma, double stop,
        double target,
    ) noexcept nogil
    @cython.locals(p=double, error=double, spread=double)
    cdef void _say_direction(self, int at, double drift, double deviation, double sigma) noexcept nogil
    @cython.locals(k=int)
    cdef void _say_band_ends(self, double spread) noexcept nogil
    cdef void _lean(self, int at) noexcept nogil
    @cython.locals(k=int)
    cdef void _bound(self) noexcept nogil
    @cython.locals(k=int, tail=double, middle=double, width=double)
    cdef void _say_bands(self, long long open_ms, double drift, double deviation, double spread) noexcept nogil
