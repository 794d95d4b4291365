cimport cython
from libc.math cimport NAN as nan, fabs, log, sqrt

@cython.locals(held=double, likely=double, best=double)
cpdef double kupiec(double count, double missed, double expected) noexcept nogil


@cython.final
cdef class Scoreboard:
    cdef readonly int capacity
    cdef readonly long long matured
    cdef readonly int trust
    cdef readonly double spiegelhalter, kupiec_70, kupiec_90, kupiec_95
    cdef double[::1] _rows, _excesses, _variances
    cdef int[::1] _outside
    cdef int _parts

    cpdef int count(self) noexcept nogil
    @cython.locals(place=int, at=int, k=int)
    cpdef void enter(
        self, double made_ms, double p_up, double p_model, double outcome, double rank, const double[::1] bands,
        double drift, double deviation,
    ) noexcept nogil
    @cython.locals(count=int)
    cdef void _judge(self) noexcept nogil
    @cython.locals(twin=Scoreboard)
    cpdef Scoreboard copy(self)
    @cython.locals(worst=double)
    cdef int _trust(self, int count) noexcept nogil
    @cython.locals(k=int, outcome=double)
    cdef void _count_outside(self, int at, int step) noexcept nogil
    @cython.locals(i=int, p=double, y=double, lean=double, excess=double, variance=double)
    cdef void _sum_part(self, int part) noexcept nogil
    @cython.locals(part=int, excess=double, variance=double)
    cdef double _spiegelhalter(self) noexcept nogil
