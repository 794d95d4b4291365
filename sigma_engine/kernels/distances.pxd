from libc.math cimport NAN as nan, fabs

cpdef double distance(int measure, double value, double price, double atr, double stop) noexcept nogil
