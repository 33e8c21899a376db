import keras
import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.layers.attention import patches


def test_patches_are_those_of_a_convolution_with_stride():
    clip = np.float32(np.random.default_rng(0).normal(size=(2, 4, 6, 6, 3)))
    frames = keras.Input(clip.shape[1:])
    tokens = patches.embed(frames, (2, 3, 3), 5, "patches")
    network = keras.Model(frames, tokens)
    convolution = keras.layers.Conv3D(5, (2, 3, 3), (2, 3, 3))
    convolution.build(clip.shape)
    kernel, bias = network.get_weights()
    convolution.set_weights([kernel.reshape(2, 3, 3, 3, 5), bias])
    wanted = np.reshape(convolution(clip), (2, 2 * 2 * 2, 5))
    np.testing.assert_allclose(network(clip), wanted, atol=1e-5)


def test_grid_counts_patches():
    clip = batch.ClipSpec(frames=16, size=224)
    assert patches.grid(clip, (2, 16, 16)) == (8, 14, 14)


@pytest.mark.parametrize(
    "frames, size, flag", [(9, 32, "clip.frames"), (8, 40, "clip.size")]
)
def test_patches_that_do_not_fill_the_clip_are_refused(frames, size, flag):
    clip = batch.ClipSpec(frames=frames, size=size)
    with pytest.raises(errors.UserError, match=flag):
        patches.grid(clip, (2, 16, 16))
