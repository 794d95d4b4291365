cimport cython
from libc.math cimport NAN as nan, isnan

from sigma_engine.kernels.bank cimport is_sound
from sigma_engine.kernels.distances cimport distance
from sigma_engine.kernels.forecast cimport ForecastFold
from sigma_engine.kernels.regime cimport RegimeVote
from sigma_engine.kernels.scoring cimport FusionScore


@cython.final
cdef class Evaluator:
    cdef readonly int width, depth
    cdef readonly ForecastFold fold
    cdef readonly FusionScore score
    cdef readonly RegimeVote regime
    cdef readonly double cost, funding
    cdef double[:, ::1] rows, told
    cdef int[::1] states
    cdef int _stop_measure, _target_measure
    cdef double _stop_value, _target_value
    cdef int[::1] _inputs, _features, _others
    cdef double[::1] _chances
    cdef bint _votes
    cdef Py_ssize_t _count, _sound
    cdef long long[::1] _stamp
    cdef double[::1] _open, _high, _low, _close, _volume

    cpdef void step(self, long long open_ms, double open, double high, double low, double close, double volume) noexcept nogil
    @cython.locals(first=Py_ssize_t, n=Py_ssize_t, i=Py_ssize_t, k=Py_ssize_t)
    cpdef void run(
        self, const long long[::1] open_ms, const double[::1] open, const double[::1] high, const double[::1] low,
        const double[::1] close, const double[::1] volume, const double[:, ::1] readings, double[:, ::1] rows,
    )
    @cython.locals(k=Py_ssize_t)
    cpdef void turn(self) noexcept nogil
    @cython.locals(i=Py_ssize_t)
    cdef void complete(
        self, const long long[::1] open_ms, const double[::1] open, const double[::1] high, const double[::1] low,
        const double[::1] close, const double[::1] volume, Py_ssize_t first, Py_ssize_t n,
    ) noexcept nogil
    @cython.locals(twin=Evaluator, i=Py_ssize_t, k=Py_ssize_t)
    cpdef Evaluator copy(self)
    @cython.locals(i=Py_ssize_t)
    cdef void _fill(self, int place, const double[::1] values, Py_ssize_t first, Py_ssize_t n) noexcept nogil
    @cython.locals(i=Py_ssize_t)
    cdef void _repeat(self, int place, double value, Py_ssize_t n) noexcept nogil
    @cython.locals(i=Py_ssize_t)
    cdef void _fill_clock(self, const long long[::1] open_ms, Py_ssize_t first, Py_ssize_t n) noexcept nogil
    @cython.locals(i=Py_ssize_t, atr=double, slope=double)
    cdef void _vote_on_regime(self, Py_ssize_t n) noexcept nogil
    @cython.locals(i=Py_ssize_t, at=Py_ssize_t, sound=bint)
    cdef void _measure(
        self, const double[::1] open, const double[::1] high, const double[::1] low, const double[::1] close,
        const double[::1] volume, Py_ssize_t first, Py_ssize_t n,
    ) noexcept nogil
    @cython.locals(at=Py_ssize_t, stop=double, target=double, atr=double, drift=double, deviation=double)
    cdef void _forecast(self, long long open_ms, double high, double low, double close, Py_ssize_t i) noexcept nogil
    @cython.locals(k=Py_ssize_t)
    cdef void _tell(self, Py_ssize_t i, bint silent) noexcept nogil
