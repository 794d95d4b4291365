cimport cython
from libc.math cimport NAN as nan


cdef class Program:
    cdef readonly Py_ssize_t columns
    cdef readonly tuple steps
    cdef Py_ssize_t _count
    cdef int[::1] _codes
    cdef int[::1] _arguments
    cdef double[::1] _constants
    cdef double[::1] _nothing

    @cython.locals(i=Py_ssize_t)
    cdef void _run(self, const double[:, ::1] rows, const double[::1] first, unsigned char[::1] out) noexcept
    cdef bint holds_on(self, const double[::1] now, const double[::1] before) noexcept nogil
    @cython.locals(pile=double[64], step=Py_ssize_t, top=Py_ssize_t, code=int, argument=int, crossed=bint)
    cdef double value_on(self, const double[::1] now, const double[::1] before) noexcept nogil


cdef double number(double value) noexcept nogil
cdef double joined(int code, double left, double right) noexcept nogil
cdef bint compared(int code, double left, double right) noexcept nogil
