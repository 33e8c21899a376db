"""Style transfer network: stylises frame by frame, at any size.

Source: the image transformation network of arXiv:1603.08155, with instance
normalisation, arXiv:1607.08022, and nearest-neighbour upsampling before the
convolution, which avoids checkerboard artefacts.
"""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers.images import frame_folding, half_images


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the network."""

    width: int = settings.setting(
        24, "Channels at full size; twice as many at half, four times at a "
        "quarter.",
        minimum=1,
    )  # fmt: skip
    blocks: int = settings.setting(
        4, "Residual blocks at a quarter of the size.", minimum=1
    )


TINY = Config(width=4, blocks=1)
MAKES = "frames of frames"
SEES_WHOLE_FRAMES = True  # Instance normalisation spans the whole image.


def build(config: Config, factor: int, frames: int) -> keras.Model:
    """Builds the network.

    Args:
        config: width and depth.
        factor: 1; upscaling is not supported.
        frames: ignored; each frame is processed alone.

    Returns:
        float32 [B, T, h, w, 3], 0..255, any T, h and w -> {"frames": the
        same shape}.

    Raises:
        UserError: the factor is not 1.
    """
    del frames
    if factor != 1:
        raise errors.UserError(
            f"--generator=style_net with a factor of {factor}: it does not "
            "upscale; wanted 1, or another generator"
        )
    clip = keras.Input((None, None, None, 3), name="frames")
    x = frame_folding.FoldFrames(name="fold")(clip)
    x = keras.layers.Rescaling(1 / 127.5, -1.0, name="scale_pixels")(x)
    width = config.width
    whole = x = _convolve(x, width, 9, 1, "first")
    half = x = _convolve(x, 2 * width, 3, 2, "half")
    x = _convolve(x, 4 * width, 3, 2, "quarter")
    for number in range(1, config.blocks + 1):
        y = _convolve(x, 4 * width, 3, 1, f"block{number}_1")
        y = _convolve(y, 4 * width, 3, 1, f"block{number}_2", relu=False)
        x = keras.layers.Add(name=f"block{number}_add")([x, y])
    for like, name in ((half, "grow_half"), (whole, "grow_whole")):
        x = half_images.Double(name=name)(x, like)
        x = _convolve(x, like.shape[-1], 3, 1, f"{name}_conv")
    x = keras.layers.Conv2D(
        3, 9, padding="same", activation="tanh", name="colors"
    )(x)
    x = keras.layers.Rescaling(127.5, 127.5, dtype="float32", name="to_pixels")(
        x
    )
    made = frame_folding.UnfoldFrames(dtype="float32", name="unfold")(x, clip)
    return keras.Model(clip, {"frames": made}, name="style_net")


def _convolve(
    x: keras.KerasTensor,
    width: int,
    kernel: int,
    strides: int,
    name: str,
    relu: bool = True,
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(
        width,
        kernel,
        strides,
        padding="same",
        kernel_initializer="he_normal",
        name=name,
    )(x)
    # One group per channel is instance normalisation.
    x = keras.layers.GroupNormalization(-1, name=f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x) if relu else x
