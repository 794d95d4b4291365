cimport cython

from sigma_engine.kernels.indicator cimport READING, TYPICAL, VOLUME, Indicator


cdef class Vwap(Indicator):
    cdef long long day
    cdef double money, volume

    @cython.locals(i=Py_ssize_t, day=cython.longlong, money=double, volume=double)
    cdef void advance(self, Py_ssize_t n, long long[::1] stamps, double[:, ::1] rows) noexcept nogil
