from sigma_engine.kernels.indicator cimport Indicator
from sigma_engine.kernels.window cimport Window


cdef class LinearRegressionSlope(Indicator):
    cdef Window closes
