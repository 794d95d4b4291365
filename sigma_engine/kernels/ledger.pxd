cimport cython


@cython.final
cdef class StretchedSums:
    cdef readonly int width
    cdef readonly int span
    cdef readonly int stretches
    cdef double[::1] _sums
    cdef long long[::1] _numbers

    @cython.locals(number=cython.longlong, slot=int, at=int, k=int)
    cpdef int open(self, long long index) noexcept nogil
    @cython.locals(newest=cython.longlong, answer=double, slot=int)
    cpdef double total(self, long long index, int k) noexcept nogil
    cpdef void add(self, long long index, int k, double amount) noexcept nogil
    @cython.locals(twin=StretchedSums)
    cpdef StretchedSums copy(self)
