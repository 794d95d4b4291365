cimport cython
from libc.math cimport NAN as nan
from libc.math cimport floor

cpdef double on_tick(double price, double units, double scale) noexcept nogil
cpdef double on_step(double quantity, double units, double scale) noexcept nogil
cpdef long long units(double amount) noexcept nogil
cpdef double money(double amount) noexcept nogil
cpdef double fill_price(double reference, int direction, double slippage_fraction, double units, double scale) noexcept nogil
cpdef double slippage_fraction(double fixed, double share, double range_fraction) noexcept nogil
cpdef double fee(double price, double quantity, double rate) noexcept nogil
cpdef double profit(int sign, double quantity, double entry, double price) noexcept nogil
cpdef double funding(int sign, double quantity, double price, double rate) noexcept nogil
cpdef double margin(double price, double quantity, double leverage) noexcept nogil
@cython.locals(price=double)
cpdef double liquidation(int sign, double entry, double quantity, double bound, double rate, double units, double scale) noexcept nogil
