"""The benchmarks. Each prints ratios within one run, so that figures of different machines can be compared."""
