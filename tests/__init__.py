"""Tests of the project; what must be set before others are imported."""

import os

# Two processes test side by side: threads of NumPy would wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# What is compiled runs once or twice: to optimise it takes longer.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
