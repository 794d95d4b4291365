cimport cython
from libc.math cimport NAN as nan

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

    @cython.locals(first=Py_ssize_t, n=Py_ssize_t)
    cpdef void run(
        self, const long long[::1] open_ms, const double[::1] open, const double[::1] high, const double[::1] low,
        const double[::1] close, const double[::1] volume, double[:, ::1] out,
    )
    @cython.locals(i=Py_ssize_t)
    cdef void _judge(
        self, const long long[::1] open_ms, const double[::1] close, Py_ssize_t first, Py_ssize_t n,
    ) noexcept nogil
    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, at=Py_ssize_t)
    cdef void _write(
        self, const double[::1] open, const double[::1] high, const double[::1] low, const double[::1] close,
        Py_ssize_t first, Py_ssize_t n, double[:, ::1] out,
    ) noexcept nogil
