cimport cython


@cython.final
cdef class StretchedSums:
    cdef readonly int width
    cdef readonly int span
    cdef readonly int stretches
    cdef double[::1] _sums
    cdef long long[::1] _numbers
    cdef double[::1] _before
    cdef long long _settled, _from
    cdef int _at

    cpdef int open(self, long long index) noexcept nogil
    @cython.locals(slot=int, k=int)
    cdef void _turn_to(self, long long number) noexcept nogil
    @cython.locals(number=cython.longlong, slot=int)
    cpdef double total(self, long long index, int k) noexcept nogil
    @cython.locals(number=cython.longlong, slot=int, at=Py_ssize_t, k=Py_ssize_t, present=double)
    cdef void gather(self, long long index, double[::1] out) noexcept nogil
    @cython.locals(slot=Py_ssize_t, at=Py_ssize_t, k=Py_ssize_t)
    cdef void _settle(self, long long number) noexcept nogil
    cpdef void add(self, long long index, int k, double amount) noexcept nogil
    @cython.locals(twin=StretchedSums)
    cpdef StretchedSums copy(self)
