cimport cython
from libc.math cimport NAN as nan


@cython.final
cdef class Program:
    cdef readonly Py_ssize_t columns
    cdef readonly tuple steps
    cdef Py_ssize_t _count
    cdef int[::1] _codes
    cdef int[::1] _arguments
    cdef double[::1] _constants
    cdef double[:, ::1] _pile
    cdef int[:, ::1] _waiting

    @cython.locals(i=Py_ssize_t, start=Py_ssize_t, n=Py_ssize_t)
    cdef void _run(self, const double[:, ::1] columns, unsigned char[::1] out) noexcept
    @cython.locals(i=Py_ssize_t)
    cdef void truth(self, const double[:, ::1] columns, Py_ssize_t start, Py_ssize_t n, double[::1] answers) noexcept nogil
    @cython.locals(step=int, top=int, waiting=int, code=int, argument=int, held=Py_ssize_t)
    cdef void work(self, const double[:, ::1] columns, Py_ssize_t start, Py_ssize_t n) noexcept nogil
    @cython.locals(i=Py_ssize_t)
    cdef int _take(
        self, int code, int argument, int top, const double[:, ::1] columns, Py_ssize_t start, Py_ssize_t n,
    ) noexcept nogil
    @cython.locals(i=Py_ssize_t, before=double)
    cdef void _cross(self, int code, int at, Py_ssize_t n) noexcept nogil
    @cython.locals(i=Py_ssize_t, by=double, quotient=double)
    cdef void _join(self, int code, int at, Py_ssize_t n) noexcept nogil
    @cython.locals(i=Py_ssize_t, less=double)
    cdef void _compare(self, int code, int at, Py_ssize_t n) noexcept nogil
    @cython.locals(i=Py_ssize_t, held=Py_ssize_t)
    cdef Py_ssize_t _held(self, int top, Py_ssize_t n) noexcept nogil
    @cython.locals(i=Py_ssize_t)
    cdef void _merge(self, int code, int at, Py_ssize_t n) noexcept nogil


cdef double number(double value) noexcept nogil
