cimport cython
from libc.math cimport NAN as nan

from sigma_engine.kernels.indicator cimport STRETCH


cdef class Window:
    cdef int size, count
    cdef double[::1] values

    @cython.locals(i=Py_ssize_t, k=Py_ssize_t, kept=Py_ssize_t)
    cdef void load(self, Py_ssize_t n, double[:, ::1] rows, Py_ssize_t source) noexcept nogil


@cython.locals(twin=Window)
cpdef Window _restored(int size, int count, bytes values)
