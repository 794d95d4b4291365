cimport cython
from libc.math cimport isnan, sqrt

from sigma_engine.kernels.paths cimport bridged

cdef unsigned long long STRIDE, FIRST, SECOND, BITS

cdef int smaller(int gap) noexcept nogil


@cython.final
cdef class BlockBootstrap:
    cdef readonly int bars
    cdef readonly int seen
    cdef readonly double other
    cdef readonly bint drawn
    cdef int _at
    cdef unsigned long long _state
    cdef double[::1] _ring
    cdef double[::1] _ends

    cpdef void push(self, double surprise) noexcept nogil
    @cython.locals(answer=double, mean=double, _path=int, at=int, k=int, before=double, after=double, untouched=double, reached=double, stopped=double)
    cpdef double touch(self, double up, double down, double sigma, int bars, unsigned long long seed) noexcept nogil
    @cython.locals(mean=double, k=int)
    cdef double _mean(self) noexcept nogil
    @cython.locals(chance=cython.ulonglong)
    cdef int _place_after(self, int at, int k) noexcept nogil
    @cython.locals(mean=double, end=double, path=int, k=int, at=int)
    cpdef void draw(self, unsigned long long seed) noexcept nogil
    @cython.locals(rank=double, at=int, part=double)
    cpdef double quantile(self, double p) noexcept nogil
    @cython.locals(level=double, low=int, high=int, middle=int)
    cpdef double place(self, double x) noexcept nogil
    @cython.locals(twin=BlockBootstrap)
    cpdef BlockBootstrap copy(self)
    @cython.locals(z=cython.ulonglong)
    cdef unsigned long long _next(self) noexcept nogil
    @cython.locals(gap=int, i=int, k=int, x=double)
    cdef void _sort(self) noexcept nogil
