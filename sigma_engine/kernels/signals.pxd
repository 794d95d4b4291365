cimport cython

from sigma_engine.kernels.bank cimport Bank
from sigma_engine.kernels.evaluator cimport Evaluator
from sigma_engine.kernels.judgement cimport Judgement


@cython.final
cdef class SignalRun:
    cdef readonly Bank bank
    cdef readonly Evaluator evaluator
    cdef readonly Judgement judgement
    cdef readonly int atr
    cdef readonly long long interval_ms, seen

    @cython.locals(first=Py_ssize_t, n=Py_ssize_t, i=Py_ssize_t)
    cpdef void run(
        self, const long long[::1] open_ms, const double[::1] open, const double[::1] high, const double[::1] low,
        const double[::1] close, const double[::1] volume, double[:, ::1] out,
    )
    @cython.locals(atr=double)
    cdef void _decide(self, long long open_ms, double price, Py_ssize_t i, double[::1] out) noexcept nogil
    cdef void _copy(self, double open, double high, double low, double close, double[::1] out) noexcept nogil
    @cython.locals(k=Py_ssize_t)
    cdef void _tell(self, Py_ssize_t i, double[::1] out) noexcept nogil
