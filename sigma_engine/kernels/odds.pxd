cimport cython
from libc.math cimport INFINITY as inf, NAN as nan, isnan, log, log1p

from sigma_engine.kernels.barriers cimport first
from sigma_engine.kernels.recalibration cimport Recalibration, logistic, logit

cpdef double above(double distance, double close) noexcept nogil
cpdef double below(double distance, double close) noexcept nogil
cdef int ended(int end, bint stopped, bint reached) noexcept nogil


@cython.final
cdef class BarrierOdds:
    cdef readonly int bars
    cdef readonly long long trials
    cdef long long began
    cdef int long_end, short_end
    cdef double rise_to_target, fall_to_stop, rise_to_stop, fall_to_target
    cdef double[::1] _stated
    cdef double[::1] _trial
    cdef double[::1] _x
    cdef readonly Recalibration target, stop

    cpdef void follow(self, long long index, double high, double low) noexcept nogil
    cdef void _learn(self, long long index, double p_target, double p_stop, int end) noexcept nogil
    cpdef void fit(self, long long index) noexcept nogil
    @cython.locals(rise=double, fall=double)
    cpdef void state(self, double close, double drift, double sigma, double stop, double target) noexcept nogil
    cpdef void take(self, double long_target, double long_stop, double short_target, double short_stop) noexcept nogil
    cpdef void quote(self, double[::1] out, int start) noexcept nogil
    @cython.locals(p_target=double, p_stop=double, error=double, both=double)
    cdef double _correct(self, double[::1] out, int start, int k) noexcept nogil
    @cython.locals(twin=BarrierOdds)
    cpdef BarrierOdds copy(self)
    @cython.locals(k=int)
    cpdef void begin(self, long long index, double close, double stop, double target) noexcept nogil
