"""Networks draw their first weights alike in every run of a test.

A folder whose tests build networks has this in its `conftest.py`.
"""

import random

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def seeded():
    """Before every test, whatever ran before it.

    Keras draws the seeds of weights and layers from `random`. The seed of
    TensorFlow stays: setting it forgets every function that was optimised.
    """
    random.seed(0)
    np.random.seed(0)
