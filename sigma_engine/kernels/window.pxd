cimport cython
from libc.math cimport NAN as nan, fabs


cdef class Window:
    cdef readonly int size
    cdef readonly int seen
    cdef readonly double newest
    cdef readonly double centre
    cdef readonly double scatter
    cdef int oldest_at
    cdef int same
    cdef double[::1] ring

    cdef void push(self, double x) noexcept nogil
    cdef bint full(self) noexcept nogil
    cdef double oldest(self) noexcept nogil
    @cython.locals(k=Py_ssize_t, start=Py_ssize_t, stop=Py_ssize_t, fours=Py_ssize_t, a=double, b=double, c=double, d=double)
    cdef double total(self) noexcept nogil
    cdef double mean(self) noexcept nogil
    @cython.locals(
        k=Py_ssize_t, start=Py_ssize_t, stop=Py_ssize_t, fours=Py_ssize_t, origin=double, total=double, mean=double,
        scatter=double, a=double, b=double, c=double, d=double, e=double, f=double, g=double, h=double, p=double,
        q=double, r=double, s=double,
    )
    cdef void measure(self) noexcept nogil
    @cython.locals(k=Py_ssize_t, start=Py_ssize_t, stop=Py_ssize_t, fours=Py_ssize_t, a=double, b=double, c=double, d=double)
    cdef double distance(self, double centre) noexcept nogil
    @cython.locals(k=Py_ssize_t, start=Py_ssize_t, stop=Py_ssize_t, fours=Py_ssize_t, a=double, b=double, c=double, d=double)
    cdef double highest(self) noexcept nogil
    @cython.locals(k=Py_ssize_t, start=Py_ssize_t, stop=Py_ssize_t, fours=Py_ssize_t, a=double, b=double, c=double, d=double)
    cdef double lowest(self) noexcept nogil
    @cython.locals(k=Py_ssize_t, start=Py_ssize_t, middle=double, weighted=double, count=double)
    cdef double slope(self) noexcept nogil
