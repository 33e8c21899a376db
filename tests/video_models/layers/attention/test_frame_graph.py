import dataclasses

import numpy as np
import pytest

from tests.contracts import network_checks
from video_models.layers.attention import frame_graph, graph_attention
from video_models.temporal import graph

FEATURES = network_checks.random_inputs((7, 4))
CONVOLUTION = graph.Config(layers=1, reach=1, similar=2)
ATTENTION = dataclasses.replace(CONVOLUTION, layer="attention", heads=2)


def test_time_edges_are_the_normalised_adjacency_of_the_paper():
    times = np.arange(7)
    linked = (np.abs(times[:, None] - times) <= 2).astype(float)
    root = np.diag(linked.sum(axis=1) ** -0.5)
    wanted = root @ linked @ root
    weights = frame_graph.time_weights(7, 2)
    near = frame_graph.in_time(FEATURES, 2)
    found = np.einsum("btkc,tk->btc", near, weights)
    np.testing.assert_allclose(found, wanted @ FEATURES, rtol=1e-5)


def test_most_alike_are_the_largest_products_beyond_reach():
    x = np.float32([[[1, 0], [0, 1], [3, 0], [0, 5], [2, 0]]])
    likeness, places, there = frame_graph.most_alike(x, x, 2, reach=1)
    assert places[0, 0].numpy().tolist() == [2, 4]
    assert places[0, 1].numpy()[0] == 3
    np.testing.assert_allclose(likeness[0, 0], [3 / 2**0.5, 2 / 2**0.5])
    # Time step 2 has neighbours in time on both sides; 0 and 4 are left.
    assert set(places[0, 2].numpy()) == {0, 4}
    assert there.numpy().all()


def test_a_moment_near_to_all_others_has_no_similar_ones():
    _, _, there = frame_graph.most_alike(FEATURES, FEATURES, 3, reach=3)
    assert not there[:, 3].numpy().any()
    assert there[:, 0].numpy().all()


def test_attention_is_that_of_the_paper():
    layer = graph_attention.GraphAttention(heads=1, size=4, reach=1, similar=0)
    found = layer(FEATURES)
    kernels = [w.numpy() for w in layer.weights if w.path.endswith("kernel")]
    own, other, out = kernels
    vector = layer.attention.numpy()[0]
    x, at = FEATURES[0], 3
    scores = []
    for beside in (2, 3, 4):
        both = x[at] @ own + x[beside] @ other
        scores.append(np.where(both > 0, both, 0.2 * both) @ vector)
    shares = np.exp(scores) / np.exp(scores).sum()
    wanted = (shares @ (x[2:5] @ other)) @ out
    np.testing.assert_allclose(found[0, at], wanted, atol=1e-5)


def changed_by_the_first(config):
    network = graph.build(config, (7, 4))
    other = FEATURES.copy()
    other[:, 0] = other[:, 0, ::-1]
    difference = np.abs(network(other) - network(FEATURES))
    return np.flatnonzero(difference.max(axis=(0, 2)) > 1e-6).tolist()


@pytest.mark.parametrize("config", [CONVOLUTION, ATTENTION], ids=str)
def test_without_similar_moments_only_neighbours_in_time_tell(config):
    assert changed_by_the_first(dataclasses.replace(config, similar=0)) == [
        0,
        1,
    ]


@pytest.mark.parametrize("config", [CONVOLUTION, ATTENTION], ids=str)
def test_similar_moments_tell_over_any_distance(config):
    config = dataclasses.replace(config, similar=6)
    assert changed_by_the_first(config) == list(range(7))


@pytest.mark.parametrize("similar", [0, 2])
def test_convolution_has_static_shapes_and_a_gradient(similar):
    config = dataclasses.replace(CONVOLUTION, similar=similar)
    network = graph.build(config, (7, 4))
    network_checks.assert_shapes_are_static(network, FEATURES)
    network_checks.assert_gradient_reaches_inputs(network, FEATURES)


def test_a_single_frame_is_a_graph():
    network = graph.build(graph.Config(), (1, 4))
    assert network(FEATURES[:, :1]).shape == (2, 1, 4)
