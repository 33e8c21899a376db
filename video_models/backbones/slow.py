"""Slow: a ResNet-50 over few frames, with temporal kernels in late stages."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families import bottleneck, published, pytorchvideo
from video_models.pretrained import public_files

_REACHES = (1, 1, 3, 3)  # Temporal kernel size in each stage.


@dataclasses.dataclass(frozen=True)
class Config(bottleneck.Config):
    """Settings of Slow."""

    variant: str = settings.setting(
        "8x8",
        "Frames x stride of the clip that it was published for; the network "
        "is the same.",
        choices=("4x16", "8x8"),
    )


TINY = Config(width=4, blocks=(1, 1, 1, 1))


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds the slow pathway of SlowFast.

    Source: arXiv:1812.03982, as PyTorchVideo's `slow_r50`: for clips of 8
    frames, 8 apart, or 4 frames, 16 apart, trained on 224x224 and tested on
    256x256 pixels; with its head for 400 classes 32,454,096 trainable
    parameters, and on 256x256 pixels 54.52 and 27.26 billion multiply-adds.
    (The zoo's 27.55 for 4x16 has 5 more for each normalised value.) Differs:
    the head averages the whole volume, PyTorchVideo's all windows of 7x7;
    equal up to 224x224.

    Args:
        config: variant, width, blocks and normalisation.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T, H / 32, W / 32, 32 * width]}, rounded up.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = pytorchvideo.scale_pixels(frames)
    x = bottleneck.stem(x, config, 1)
    for number, reach in enumerate(_REACHES, 1):
        x = bottleneck.stage(x, config, number, (reach,))
    return keras.Model(frames, {"volume": x}, name="slow")


published_head = published.head(published.average_and_classify, 0.5)


def published_name(path: str) -> str | None:
    """The name of a weight in PyTorchVideo's checkpoints `SLOW_*_R50`."""
    modules = {f"stage{number}": f"blocks.{number}" for number in range(1, 5)}
    modules["stem"] = "blocks.0.conv"
    modules["stem_norm"] = "blocks.0.norm"
    modules["logits"] = "blocks.5.proj"
    return pytorchvideo.published_name(path, modules, bottleneck.BLOCK_MODULES)


PUBLISHED = (
    published.Network(Config(variant="8x8"), 8, 256, 400, 32_454_096, 54.52e9),
    published.Network(Config(variant="4x16"), 4, 256, 400, 32_454_096, 27.55e9),
)

WEIGHTS = (
    public_files.pytorchvideo("SLOW_8x8_R50.pyth", "74.6", variant="8x8"),
    public_files.pytorchvideo("SLOW_4x16_R50.pyth", "72.4", variant="4x16"),
)
