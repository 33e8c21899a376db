"""Generates clips from noise, with separate content and motion.

Content is one random vector per clip, and the label. Motion is one random
vector per frame, turned into a path by a recurrent network. A small 2-D
network draws each frame: content and motion determine the layout, content
alone the appearance, so that colours stay constant. At the smallest sizes,
convolutions over time join neighbouring frames.

Source: MoCoGAN, arXiv:1707.04993. Differs: the label also conditions the
motion, time steps have position encodings, appearance modulates all sizes, and
frames are joined at the smallest sizes.
"""

import dataclasses
import math

import keras

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.layers import leaky_relu
from video_models.layers.attention import positions
from video_models.layers.images import pixel_shuffle

ops = keras.ops
_START = 4  # Height and width of the first image.


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the generator."""

    motion_noise: int = settings.setting(
        16,
        "Numbers per frame that drive the motion, at most --noise.length.",
        minimum=1,
    )
    motion: int = settings.setting(
        64, "Units of the recurrent network.", minimum=1
    )
    code: int = settings.setting(
        128,
        "Length of the code that each frame is drawn from, and of the "
        "appearance code.",
        minimum=1,
    )
    widths: tuple[int, ...] = settings.setting(
        (64, 48, 32),
        "Channels of the images from 4x4 on, each twice as large as the one "
        "before; the output is twice the size of the last.",
        minimum=1,
    )
    joined: int = settings.setting(
        2,
        "Number of sizes, from the smallest, at which convolutions over "
        "time join neighbouring frames.",
        minimum=0,
    )


TINY = Config(motion_noise=4, motion=8, code=8, widths=(8, 4))
MAKES = "frames of noise"


def build(
    config: Config, clip: batch.ClipSpec, classes: int, noise: int
) -> keras.Model:
    """Builds the generator.

    Args:
        config: motion, widths.
        clip: shape of the clips.
        classes: number of labels to condition on; 0 for none.
        noise: length of the noise vectors of clip and frames.

    Returns:
        {"noise": float32 [B, 1 + T, noise], "label": float32 [B, classes],
        if there are classes} -> frames float32 [B, T, H, W, 3], 0..255.

    Raises:
        UserError: the widths do not match the size of the clip.
    """
    _check(config, clip, noise)
    drawn = keras.Input((1 + clip.frames, noise), name="noise")
    inputs, content = {"noise": drawn}, drawn[:, 0]
    if classes:
        inputs["label"] = keras.Input((classes,), name="label")
        label = keras.layers.Dense(config.motion, name="label_vector")
        content = ops.concatenate([content, label(inputs["label"])], axis=-1)
    code = _codes(config, drawn, content, clip.frames)
    appearance = keras.layers.Dense(config.code, "relu", name="looks")(content)
    appearance = ops.repeat(appearance, clip.frames, axis=0)
    images = _images(config, code, appearance, clip.frames)
    frames = ops.reshape(images, (-1, *clip.shape))
    frames = keras.layers.Rescaling(
        127.5, 127.5, dtype="float32", name="to_pixels"
    )(frames)
    return keras.Model(inputs, frames, name="content_motion")


def _codes(
    config: Config,
    noise: keras.KerasTensor,
    content: keras.KerasTensor,
    frames: int,
) -> keras.KerasTensor:
    """The code of each frame, [B * T, code]."""
    content = ops.repeat(content[:, None], frames, axis=1)
    steps = noise[:, 1:, : config.motion_noise]
    steps = ops.concatenate([steps, content], axis=-1)
    steps = keras.layers.Dense(config.motion, name="motion_input")(steps)
    steps = positions.AddPositions(name="moments")(steps)
    motion = keras.layers.GRU(
        config.motion, return_sequences=True, unroll=True, name="motion"
    )(steps)
    both = ops.concatenate([content, motion], axis=-1)
    both = ops.reshape(both, (-1, both.shape[-1]))
    return keras.layers.Dense(config.code, "relu", name="code")(both)


def _images(
    config: Config,
    code: keras.KerasTensor,
    appearance: keras.KerasTensor,
    frames: int,
) -> keras.KerasTensor:
    """[B * T, H, W, 3] in -1..1."""
    first = config.widths[0]
    x = keras.layers.Dense(_START * _START * first, name="start")(code)
    x = ops.reshape(x, (-1, _START, _START, first))
    for number, width in enumerate(config.widths):
        name = f"size{_START * 2**number}"
        if number:
            x = keras.layers.UpSampling2D(2, name=f"{name}_grow")(x)
        if number < config.joined:
            x = _joined(x, width, frames, name)
        x = keras.layers.Conv2D(
            width,
            3,
            padding="same",
            kernel_initializer="he_normal",
            name=f"{name}_conv",
        )(x)
        x = _modulated(x, appearance, width, name)
    # 2x2 pixels at once: full size would take half of all computation.
    x = keras.layers.Conv2D(
        12, 3, padding="same", activation="tanh", name="colors"
    )(x)
    return pixel_shuffle.PixelShuffle(2, name="pixels")(x)


def _joined(
    x: keras.KerasTensor, width: int, frames: int, name: str
) -> keras.KerasTensor:
    """A convolution over time at each position."""
    _, height, wide, channels = x.shape
    lines = ops.reshape(x, (-1, frames, height * wide, channels))
    mixed = keras.layers.Conv2D(
        channels, (3, 1), padding="same", name=f"{name}_join"
    )(lines)
    return x + ops.reshape(mixed, (-1, height, wide, channels))


def _modulated(
    x: keras.KerasTensor, appearance: keras.KerasTensor, width: int, name: str
) -> keras.KerasTensor:
    """Group normalisation, then scale and shift by the appearance code.

    FiLM, arXiv:1709.07871; independent of the other clips of a batch.
    """
    groups = math.gcd(8, width)
    x = keras.layers.GroupNormalization(groups, name=f"{name}_norm")(x)
    scale = keras.layers.Dense(width, name=f"{name}_scale")(appearance)
    shift = keras.layers.Dense(width, name=f"{name}_shift")(appearance)
    x = x * (1 + scale[:, None, None]) + shift[:, None, None]
    return leaky_relu.LeakyReLU(0.2, name=f"{name}_relu")(x)


def _check(config: Config, clip: batch.ClipSpec, noise: int) -> None:
    side = _START * 2 ** len(config.widths)
    if side != clip.size:
        raise errors.UserError(
            f"--generator.widths has {len(config.widths)} sizes, from "
            f"{_START} to {side // 2} pixels, and draws {side}, but "
            f"--clip.size={clip.size}: wanted as many as lead there"
        )
    if config.motion_noise > noise:
        raise errors.UserError(
            f"--generator.motion_noise={config.motion_noise}: wanted at most "
            f"--noise.length={noise}"
        )
