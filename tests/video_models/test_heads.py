import numpy as np
import pytest

from tfrecords_tools.base import errors
from video_models.heads import classifier, per_frame, projection

FEATURES = np.float32(np.random.default_rng(0).normal(size=(2, 6, 8)))


def answers_of_stream(chunks, network):
    """What the classifier gives after each chunk, the state handed on."""
    states, found, first = {}, [], 0
    for time_steps in chunks:
        stream = classifier.build_stream(classifier.TINY, (time_steps, 8), 3)
        stream.set_weights(network.get_weights())
        for name, tensor in stream.input.items():
            if name.startswith("state_"):
                zeros = np.zeros((2, *tensor.shape[1:]), tensor.dtype)
                states.setdefault(name, zeros)
        chunk = FEATURES[:, first : first + time_steps]
        given = {"features": chunk, **states}
        states = {k: np.array(v) for k, v in stream(given).items()}
        found.append(states.pop("logits"))
        first += time_steps
    return found


@pytest.mark.parametrize("chunks", [(6,), (1,) * 6, (1, 2, 3)])
def test_classifier_of_a_stream_scores_the_average_so_far(chunks):
    network = classifier.build(classifier.TINY, (6, 8), 3)
    found = answers_of_stream(chunks, network)
    for seen, logits in zip(np.cumsum(chunks), found, strict=True):
        until = classifier.build(classifier.TINY, (int(seen), 8), 3)
        until.set_weights(network.get_weights())
        wanted = until(FEATURES[:, :seen])
        np.testing.assert_allclose(logits, wanted, atol=1e-5)


def test_convolution_over_time_mixes_neighbours_only():
    network = per_frame.build(per_frame.Config(kernel=3), (6, 8), 3)
    changed = FEATURES.copy()
    changed[:, 2] += 1.0
    differs = np.any(network(FEATURES) != network(changed), axis=(0, 2))
    assert differs.tolist() == [False, True, True, True, False, False]


def test_an_even_kernel_is_refused():
    with pytest.raises(errors.UserError, match="kernel=2: wanted an odd"):
        per_frame.build(per_frame.Config(kernel=2), (6, 8), 3)


def test_projection_has_length_1():
    projected = projection.build(projection.TINY, (6, 8), 3)(FEATURES)
    assert projected.shape == (2, projection.TINY.features)
    np.testing.assert_allclose(
        np.linalg.norm(projected, axis=1), np.ones(2), rtol=1e-5
    )


def test_projection_may_keep_its_length():
    config = projection.Config(hidden=8, features=4, unit_length=False)
    projected = projection.build(config, (6, 8), 3)(FEATURES)
    assert np.all(np.abs(np.linalg.norm(projected, axis=1) - 1) > 1e-3)


@pytest.mark.parametrize("layers, kernels", [(1, 1), (3, 3)])
def test_projection_has_as_many_layers_as_said(layers, kernels):
    config = projection.Config(layers=layers, hidden=8, norm="batch")
    network = projection.build(config, (6, 8), 3)
    assert sum(w.name == "kernel" for w in network.weights) == kernels
