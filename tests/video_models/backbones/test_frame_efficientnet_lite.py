import numpy as np
import pytest

from launch.model_summary import network_graph
from pipelines import batch
from video_models.backbones import frame_efficientnet_lite as lite


def without_weights(variant, stages=7):
    config = lite.Config(variant, stages=stages)
    clip = batch.ClipSpec(frames=1, size=64)
    return network_graph.without_weights(lambda: lite.build(config, clip))


@pytest.mark.parametrize("variant", ["lite0", "lite2"])
def test_stem_and_features_are_of_the_same_size_in_all_variants(variant):
    network = without_weights(variant)
    assert network.get_layer("stem").filters == 32
    assert network.output["volume"].shape == (None, 1, 2, 2, 1280)


def test_first_and_last_stage_have_one_block_in_all_variants():
    network = without_weights("lite2")
    channels = [
        layer.filters
        for layer in network.layers
        if layer.name.endswith("project")
    ]
    assert channels.count(16) == channels.count(352) == 1
    assert len(channels) == 21


def test_every_weight_has_a_name_in_the_checkpoint():
    paths = [each.path for each in without_weights("lite0").weights]
    names = {
        name
        for path in paths
        if (name := lite.published_name(path)) is not None
    }
    assert len(names) == len([p for p in paths if "seed" not in p])
    assert "_blocks.0._bn1.running_var" in names
    assert "_blocks.1._expand_conv.weight" in names


def test_pixels_of_127_are_zeros_for_the_stem():
    clip = batch.ClipSpec(frames=1, size=16)
    network = lite.build(lite.TINY, clip)
    scale = network.get_layer("scale_pixels")
    found = scale(np.float32([[127.0, 255.0]]))
    np.testing.assert_allclose(found, [[0.0, 1.0]])
