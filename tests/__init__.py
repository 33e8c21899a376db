"""Tests of the project; what must be set before NumPy is imported."""

import os

# Two processes test side by side: threads of NumPy would wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
