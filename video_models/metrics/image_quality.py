"""PSNR, SSIM and flicker of generated clips against true ones.

Report a PSNR with its protocol: the channel, the cropped border and the
degradation of the input. All frames count.
"""

import dataclasses
from typing import Any

import keras

from tfrecords_tools.base import settings
from video_models.layers.images import frame_folding

ops = keras.ops
WINDOW = 11
"""Side of SSIM's window in pixels, the minimum size of an image."""
_SIGMA = 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
# Y of BT.601 in 16..235 for pixels in 0..255, as in MATLAB's rgb2ycbcr and in
# papers on super resolution.
_LUMA = (65.481 / 255, 128.553 / 255, 24.966 / 255)
_BLACK = 16.0
_PERFECT = 1e-10  # Stands for a mean squared error of 0: about 148 dB.


@dataclasses.dataclass(frozen=True)
class Protocol:
    """The protocol of the comparison."""

    channel: str = settings.setting(
        "y",
        "Channel of PSNR and SSIM: y, the BT.601 luma in 16..235, or rgb.",
        choices=("y", "rgb"),
    )
    border: int = settings.setting(
        4, "Pixels cropped from each side before measuring.", minimum=0
    )


def measures(generated: Any, true: Any, protocol: Protocol) -> dict[str, Any]:
    """Measures each clip.

    Args:
        generated: float32 [B, T, H, W, 3], 0..255; rounded here.
        true: the same shape.
        protocol: channel and border.

    Returns:
        `psnr` in dB and `ssim`, means over frames; `flicker`, mean absolute
        error of frame-to-frame changes in grey levels, 0 for a single frame;
        each float32 [B].
    """
    generated, true = _compared(generated, protocol), _compared(true, protocol)
    error = ops.mean((generated - true) ** 2, axis=(2, 3, 4))
    error = ops.maximum(error, _PERFECT)
    psnr = 10.0 * ops.log10(255.0**2 / error)
    moved = (generated[:, 1:] - generated[:, :-1]) - (
        true[:, 1:] - true[:, :-1]
    )
    flicker = ops.sum(ops.mean(ops.abs(moved), axis=(2, 3, 4)), axis=1)
    return {
        "psnr": ops.mean(psnr, axis=1),
        "ssim": ops.mean(ssim(generated, true), axis=1),
        "flicker": flicker / max(1, generated.shape[1] - 1),
    }


def ssim(generated: Any, true: Any) -> Any:
    """Returns the structural similarity of each frame, float32 [B, T].

    Source: Wang et al., IEEE TIP 13 (2004): Gaussian window of 11, sigma 1.5,
    without padding; averaged over channels.
    """
    shape = ops.shape(generated)
    one, two = map(frame_folding.fold, (generated, true))
    products = ops.concatenate([one, two, one * one, two * two, one * two], -1)
    means = _blurred(products)
    mean1, mean2, of1, of2, of12 = ops.split(means, 5, axis=-1)
    variance1, variance2 = of1 - mean1**2, of2 - mean2**2
    covariance = of12 - mean1 * mean2
    likeness = ((2 * mean1 * mean2 + _C1) * (2 * covariance + _C2)) / (
        (mean1**2 + mean2**2 + _C1) * (variance1 + variance2 + _C2)
    )
    return ops.reshape(ops.mean(likeness, axis=(1, 2, 3)), shape[:2])


def _compared(clip: Any, protocol: Protocol) -> Any:
    clip = ops.clip(ops.round(ops.cast(clip, "float32")), 0.0, 255.0)
    cut = protocol.border
    if cut:
        clip = clip[:, :, cut:-cut, cut:-cut]
    if protocol.channel == "rgb":
        return clip
    return ops.sum(clip * ops.array(_LUMA), axis=-1, keepdims=True) + _BLACK


def _blurred(images: Any) -> Any:
    """[B, h - 10, w - 10, C]."""
    places = ops.arange(WINDOW, dtype="float32") - WINDOW // 2
    weights = ops.exp(-0.5 * (places / _SIGMA) ** 2)
    weights = weights / ops.sum(weights)
    channels = images.shape[-1]
    for shape in ((WINDOW, 1, 1, 1), (1, WINDOW, 1, 1)):
        kernel = ops.reshape(weights, shape)
        kernel = ops.tile(kernel, (1, 1, channels, 1))
        images = ops.depthwise_conv(images, kernel, padding="valid")
    return images
