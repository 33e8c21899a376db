import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies
from hypothesis.extra import numpy as arrays

from pipelines.audio import audio_scaling
from tests import run_modes

KINDS = ("z_score", "min_max")
TABLE = np.array([[1, 10], [2, 20], [3, 60]], np.float32)


def scaled(values, kind, axis=None, run=run_modes.eagerly):
    return run(lambda v: audio_scaling.scale(v, kind, axis), values).numpy()


@run_modes.both
def test_z_score_has_mean_0_and_deviation_1(run):
    found = scaled(TABLE, "z_score", run=run)
    assert (found.mean(), found.std()) == pytest.approx((0, 1), abs=1e-6)


@run_modes.both
def test_min_max_goes_from_0_to_1(run):
    found = scaled(TABLE, "min_max", run=run)
    assert (found.min(), found.max()) == (0, 1)


@run_modes.both
def test_none_changes_nothing(run):
    assert np.array_equal(scaled(TABLE, "none", run=run), TABLE)


def test_each_column_may_be_scaled_alone():
    found = scaled(TABLE, "min_max", axis=0)
    np.testing.assert_allclose(found[:, 0], [0, 0.5, 1], atol=1e-6)
    np.testing.assert_allclose(found[:, 1], [0, 0.2, 1], atol=1e-6)


@run_modes.both
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", [0.0, -100.0, 1e-3, 1e6])
def test_what_is_constant_becomes_0(run, kind, level):
    values = np.full((130, 64), level, np.float32)
    assert not scaled(values, kind, run=run).any()


@pytest.mark.parametrize("kind", KINDS)
@hypothesis.settings(
    max_examples=40, deadline=None, derandomize=True, database=None
)
@hypothesis.given(
    values=arrays.arrays(
        np.float32, (3, 2), elements=strategies.floats(-1e6, 1e6, width=32)
    ),
    axis=strategies.sampled_from([None, 0]),
)
def test_scaled_values_are_finite(kind, values, axis):
    found = audio_scaling.scale(tf.constant(values), kind, axis).numpy()
    assert np.isfinite(found).all() and np.abs(found).max() <= 3
