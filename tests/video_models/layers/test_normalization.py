import keras
import numpy as np
import pytest

from pipelines import batch
from video_models.backbones import frame_conv
from video_models.layers import normalization

CLIP = batch.ClipSpec(frames=2, size=16)


def backbone(norm):
    return frame_conv.build(
        frame_conv.Config(widths=(4, 12), features=8, norm=norm), CLIP
    )


@pytest.mark.parametrize("norm", normalization.KINDS)
def test_backbone_is_built_with_every_normalisation(norm):
    frames = np.zeros((1, *CLIP.shape), np.float32)
    assert backbone(norm)(frames)["volume"].shape == (1, 2, 1, 1, 8)


@pytest.mark.parametrize("norm", normalization.KINDS)
def test_only_sync_batch_gathers_across_replicas(norm):
    inputs = keras.Input(CLIP.shape)
    nested = keras.Model(inputs, backbone(norm)(inputs))
    assert normalization.is_synchronized(nested) == (norm == "sync_batch")


def test_batch_normalisation_gathers_statistics_in_training():
    layer = normalization.build("batch", 1, "norm")
    layer(np.array([[2.0], [4.0]], np.float32), training=True)
    # A tenth of the way from 0 to the mean 3, and from 1 to the variance 1.
    assert float(layer.moving_mean[0]) == pytest.approx(0.3)
    assert float(layer.moving_variance[0]) == pytest.approx(1.0)
