cimport cython
from libc.math cimport NAN as nan

from sigma_engine.kernels.distances cimport distance
from sigma_engine.kernels.forecast cimport ForecastFold
from sigma_engine.kernels.regime cimport RegimeVote
from sigma_engine.kernels.scoring cimport FusionScore


@cython.final
cdef class Evaluator:
    cdef readonly int width, first
    cdef readonly ForecastFold fold
    cdef readonly FusionScore score
    cdef readonly RegimeVote regime
    cdef readonly double cost, funding
    cdef int _stop_measure, _target_measure
    cdef double _stop_value, _target_value
    cdef int[::1] _inputs
    cdef int[::1] _features
    cdef double[::1] _gathered
    cdef int _count
    cdef double[::1] _figures

    @cython.locals(state=int, stop=double)
    cpdef void step(
        self, long long open_ms, double open, double high, double low, double close, double volume, double[::1] row,
    ) noexcept nogil
    @cython.locals(twin=Evaluator)
    cpdef Evaluator copy(self)
    @cython.locals(i=Py_ssize_t)
    cpdef void run(
        self, const long long[::1] open_ms, const double[::1] open, const double[::1] high, const double[::1] low,
        const double[::1] close, const double[::1] volume, double[:, ::1] rows,
    )
    @cython.locals(atr=double)
    cdef double _slope_per_atr(self, double[::1] row) noexcept nogil
    cdef double _stop(self, double[::1] row, double price) noexcept nogil
    cdef double _target(self, double[::1] row, double price, double stop) noexcept nogil
    @cython.locals(at=int, k=int)
    cdef void _complete(
        self, long long open_ms, double open, double high, double low, double close, double volume, int state,
        double[::1] row,
    ) noexcept nogil
