import numpy as np

from pipelines import batch
from tfrecords_tools.base import registry
from video_models.pretrained import encoder

CLIP = batch.ClipSpec(frames=1, size=16)


def choose(weights):
    module = registry.load("video_models.backbones", "frame_efficientnet_lite")
    config = module.Config(stages=1, weights=weights)
    return registry.Chosen("frame_efficientnet_lite", module, config)


def stem(network):
    return network.get_layer("stem").get_weights()[0]


def test_weights_of_a_file_are_loaded_and_without_one_are_random(tmp_path):
    path = str(tmp_path / "a.keras")
    first = encoder.build(choose(None), CLIP)
    first.save(path)
    np.testing.assert_array_equal(
        stem(encoder.build(choose(path), CLIP)), stem(first)
    )
    assert np.any(stem(encoder.build(choose(None), CLIP)) != stem(first))
