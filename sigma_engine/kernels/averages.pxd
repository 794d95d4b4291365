cimport cython
from libc.math cimport NAN as nan, isnan


cdef class RecursiveAverage:
    cdef int period, seen
    cdef double value, weight, seed

    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, value=double, weight=double, x=double)
    cdef void run(self, Py_ssize_t n, double[:, ::1] rows, Py_ssize_t source, Py_ssize_t target) noexcept nogil
    @cython.locals(k=Py_ssize_t, value=double, second=double, x=double, y=double)
    cdef void run_beside(
        self, RecursiveAverage other, Py_ssize_t n, double[:, ::1] rows, Py_ssize_t source, Py_ssize_t target,
        Py_ssize_t other_source, Py_ssize_t other_target,
    ) noexcept nogil
    cdef void grow(self, double x) noexcept nogil
