cimport cython

cpdef int at_open(int sign, double price, double stop, double target, double liquidation) noexcept nogil
@cython.locals(worst=double, best=double)
cpdef int inside(int sign, double high, double low, double stop, double target, double liquidation) noexcept nogil
cpdef double extended(int sign, double extreme, double high, double low) noexcept nogil
@cython.locals(candidate=double)
cpdef double trailed(int sign, double stop, double extreme, double distance) noexcept nogil
cpdef double at_breakeven(int sign, double stop, double entry, double extreme, double risk, double at_r) noexcept nogil
