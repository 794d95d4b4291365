"""SIGMA's own benchmarks: how fast and how small its parts are here; limits of time stand here, never in tests."""
