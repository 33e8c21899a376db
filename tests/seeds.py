"""Networks draw their first weights alike in every run of a test.

A folder whose tests build networks has this in its `conftest.py`; where none
does, nothing imports Keras.
"""

import keras
import pytest


@pytest.fixture(autouse=True)
def seeded():
    """Before every test, whatever ran before it."""
    keras.utils.set_random_seed(0)
