import dataclasses

import keras
import numpy as np
import pytest

from tests.contracts import network_checks
from tfrecords_tools.base import errors
from video_models.layers.time import dilated_convolution
from video_models.temporal import tcn

CAUSAL = tcn.Config(layers=2, units=4, kernel=3)
FEATURES = network_checks.random_inputs((40, 4))


def changed_by_the_middle(config):
    """Offsets of the output steps that step 20 of 40 changes."""
    network = tcn.build(config, (40, 4))
    other = FEATURES.copy()
    other[:, 20] += 5 * np.arange(4)  # Not alike: they are normalised away.
    difference = np.abs(network(other) - network(FEATURES))
    changed = np.flatnonzero(difference.max(axis=(0, 2)))
    return changed.min() - 20, changed.max() - 20


@pytest.mark.parametrize("dilation", [1, 4])
def test_causal_convolution_is_that_of_keras(dilation):
    own = dilated_convolution.DilatedConvolution(5, 3, dilation, causal=True)
    keras_own = keras.layers.Conv1D(
        5, 3, padding="causal", dilation_rate=dilation
    )
    found, _ = own(FEATURES), keras_own(FEATURES)
    keras_own.set_weights(own.get_weights())
    np.testing.assert_allclose(found, keras_own(FEATURES), atol=1e-5)


def test_convolution_to_both_sides_is_that_of_keras():
    own = dilated_convolution.DilatedConvolution(5, 3, 2, causal=False)
    keras_own = keras.layers.Conv1D(5, 3, padding="same", dilation_rate=2)
    found, _ = own(FEATURES), keras_own(FEATURES)
    keras_own.set_weights(own.get_weights())
    np.testing.assert_allclose(found, keras_own(FEATURES), atol=1e-5)


def test_a_moment_is_seen_as_long_as_the_receptive_field_is():
    # 1 + 2 * 2 * (1 + 2) time steps: both convolutions of both blocks.
    assert changed_by_the_middle(CAUSAL) == (0, 12)


def test_a_network_that_is_not_causal_sees_both_sides_alike():
    config = dataclasses.replace(CAUSAL, causal=False)
    assert changed_by_the_middle(config) == (-6, 6)


def test_a_network_that_is_not_causal_does_not_stream():
    config = dataclasses.replace(CAUSAL, causal=False)
    with pytest.raises(errors.UserError, match="--temporal.causal=true"):
        tcn.build_stream(config, (1, 4))
