"""Motion energy: where, when and how much a clip moves; no appearance.

For small data sets from static cameras: without appearance the network cannot
memorise scenes. Neighbouring frames are subtracted, as for the RGB differences
of TSN (arXiv:1608.00859). Differs: magnitudes are averaged over the cells of a
coarse grid, and the network takes their logarithm.
"""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.layers import normalization, pooling
from video_models.pretrained import backbone_weights

ops = keras.ops

_NOISE = 0.5  # Approximate mean difference of static frames.


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of the network."""

    grid: int = settings.setting(
        8, "Grid cells per side of the frame.", minimum=1
    )
    widths: tuple[int, ...] = settings.setting(
        (8, 16),
        "Channels of the 3x3x3 convolutions; each halves the grid.",
        minimum=1,
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


TINY = Config(grid=4, widths=(4, 8))


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Encodes the motion between neighbouring frames.

    Args:
        config: grid, widths, normalisation.
        clip: shape of the clip, at least two frames.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> {"volume": [B, T - 1, h, w, C]}.

    Raises:
        UserError: the clip has a single frame.
    """
    if clip.frames < 2:
        raise errors.UserError(
            f"--backbone=motion_energy with --clip.frames={clip.frames}: "
            "wanted 2 or more, since it subtracts frames"
        )
    frames = keras.Input(clip.shape, name="frames")
    x = ops.log(_energy(frames, config.grid) + _NOISE)
    for number, width in enumerate(config.widths, start=1):
        name = f"conv{number}"
        x = keras.layers.Conv3D(
            width,
            3,
            padding="same",
            use_bias=config.norm == "none",
            kernel_initializer="he_normal",
            name=name,
        )(x)
        x = normalization.normalize_relu(x, config.norm, name)
        halved = (1, 2, 2)
        x = pooling.max_pool(x, halved, halved, f"pool{number}", "same")
    return keras.Model(frames, {"volume": x}, name="motion_energy")


def _energy(frames: keras.KerasTensor, grid: int) -> keras.KerasTensor:
    """Mean magnitude in each cell, [B, T - 1, grid, grid, 1], 0..255."""
    _, count, height, width, _ = frames.shape
    x = ops.abs(frames[:, 1:] - frames[:, :-1])
    x = ops.reshape(ops.mean(x, axis=-1), (-1, height, width, 1))
    cell = (-(-height // grid), -(-width // grid))
    x = ops.average_pool(x, cell, cell, padding="same")
    return ops.reshape(x, (-1, count - 1, *x.shape[1:]))
