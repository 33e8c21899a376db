"""Every network of a paper has the parameters and multiply-adds of it.

At full size, but without weights: they are counted by their shapes. The
smallest of each backbone here, the others in `make test-full`.
"""

import math

import pytest

from launch.model_summary import network_graph
from tests import published_networks
from tfrecords_tools.base import registry

NETWORKS = published_networks.every()
SMALLEST = published_networks.smallest()


@pytest.mark.parametrize("name", published_networks.PAPERS)
def test_paper_says_what_its_networks_have(name):
    module = registry.load(published_networks.FOLDER, name)
    assert module.PUBLISHED
    for row in module.PUBLISHED:
        assert isinstance(row.config, module.Config)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.full] * (name not in SMALLEST))
        for name in NETWORKS
    ],
)
def test_parameters_and_multiply_adds_are_the_published_ones(name):
    row = NETWORKS[name].row
    network = network_graph.without_weights(NETWORKS[name].build)
    trained = sum(math.prod(v.shape) for v in network.trainable_variables)
    assert trained == row.parameters
    if row.multiply_adds:
        found = published_networks.count_multiply_adds(network)
        assert found == pytest.approx(row.multiply_adds, rel=0.02)
