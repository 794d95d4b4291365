cimport cython
from libc.math cimport INFINITY as inf, NAN as nan

from sigma_engine.kernels.indicator cimport HIGH, LOW


cdef class Total:
    cdef int size, at
    cdef double head
    cdef double[::1] ring, tails

    @cython.locals(i=Py_ssize_t, at=int, head=double, x=double)
    cdef void run(self, Py_ssize_t n, double[:, ::1] rows, Py_ssize_t source, Py_ssize_t target) noexcept nogil
    @cython.locals(k=Py_ssize_t, total=double)
    cdef void turn(self) noexcept nogil


cdef class Moments:
    cdef int size, at
    cdef double anchor, gap, first, sum, square
    cdef double[::1] ring, sums, squares

    @cython.locals(
        i=Py_ssize_t, at=int, share=double, anchor=double, gap=double, first=double, head=double, head_square=double,
        x=double, distance=double, shift=double, total=double, square=double, mean=double, scatter=double,
    )
    cdef void run(self, Py_ssize_t n, double[:, ::1] rows, Py_ssize_t source, Py_ssize_t centres, Py_ssize_t scatters) noexcept nogil
    @cython.locals(k=Py_ssize_t, anchor=double, distance=double, total=double, square=double)
    cdef void turn(self) noexcept nogil


cdef class Extremes:
    cdef int size, at
    cdef double top, bottom
    cdef double[::1] highs, lows, tops, bottoms

    @cython.locals(i=Py_ssize_t, at=int, top=double, bottom=double, high=double, low=double)
    cdef void run(self, Py_ssize_t n, double[:, ::1] rows, Py_ssize_t highest, Py_ssize_t lowest) noexcept nogil
    @cython.locals(k=Py_ssize_t, top=double, bottom=double)
    cdef void turn(self) noexcept nogil


@cython.locals(total=Total)
cpdef Total _total(int size, int at, double head, bytes ring, bytes tails)
@cython.locals(twin=Moments)
cpdef Moments _moments(int size, int at, tuple numbers, bytes ring, bytes sums, bytes squares)
@cython.locals(twin=Extremes)
cpdef Extremes _extremes(int size, int at, double top, double bottom, tuple kept)
