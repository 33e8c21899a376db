"""I3D on a ResNet-50: temporal kernels of 3 in some blocks, 1 in others."""

import keras

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.families import bottleneck, published, pytorchvideo
from video_models.layers import pooling
from video_models.pretrained import public_files

Config = bottleneck.Config
TINY = Config(width=4, blocks=(1, 1, 1, 1))

# Temporal kernel sizes of the blocks of each stage, in turn.
_REACHES = ((3,), (3, 1), (3, 1), (1, 3))


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds a ResNet-50 with kernels inflated in time.

    Source: arXiv:1705.07750 and arXiv:1711.07971, as PyTorchVideo's I3D-R50
    8x8: for clips of 8 frames, 8 apart, trained on 224x224 and tested on
    256x256 pixels; with its head for 400 classes 28,043,472 trainable
    parameters, and on 256x256 pixels 37.10 billion multiply-adds. (The zoo's
    37.53 has 5 more for each normalised value.) Differs: the head averages the
    whole volume, PyTorchVideo's all windows of 7x7; equal up to 224x224.

    Args:
        config: width, blocks and normalisation.
        clip: shape of the clip, at least 2 frames.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T / 2, H / 32, W / 32, 32 * width]}, T / 2 rounded
        down, the others up.

    Raises:
        UserError: the clip is one frame.
    """
    if clip.frames < 2:
        raise errors.UserError(
            f"--clip.frames={clip.frames}: i3d_r50 halves the frames; wanted "
            "at least 2, or --backbone=slow"
        )
    frames = keras.Input(clip.shape, name="frames")
    x = pytorchvideo.scale_pixels(frames)
    x = bottleneck.stem(x, config, 5)
    x = bottleneck.stage(x, config, 1, _REACHES[0])
    x = pooling.max_pool(x, (2, 1, 1), (2, 1, 1), "stage1_pool")
    for number in range(2, 5):
        x = bottleneck.stage(x, config, number, _REACHES[number - 1])
    return keras.Model(frames, {"volume": x}, name="i3d_r50")


published_head = published.head(published.average_and_classify, 0.5)


def published_name(path: str) -> str | None:
    """The name of a weight in PyTorchVideo's checkpoint `I3D_8x8_R50`."""
    modules = {
        "stem": "blocks.0.conv",
        "stem_norm": "blocks.0.norm",
        "stage1": "blocks.1",  # blocks.2 is the maximum over two frames.
        "stage2": "blocks.3",
        "stage3": "blocks.4",
        "stage4": "blocks.5",
        "logits": "blocks.6.proj",
    }
    return pytorchvideo.published_name(path, modules, bottleneck.BLOCK_MODULES)


PUBLISHED = (published.Network(Config(), 8, 256, 400, 28_043_472, 37.53e9),)

WEIGHTS = (public_files.pytorchvideo("I3D_8x8_R50.pyth", "73.3"),)
