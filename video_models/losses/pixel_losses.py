"""Distances of generated clips from true ones, by pixels and features.

Clips are float32 [B, T, H, W, 3], 0..255; losses are float32 [B], one value
per clip, for pixels in 0..1.
"""

from typing import Any

import keras

from video_models.families import flow_pyramid
from video_models.layers.images import frame_folding

ops = keras.ops
_ROUND = 1e-3  # Charbonnier's epsilon: quadratic below it.


def charbonnier(generated: Any, true: Any) -> Any:
    """Charbonnier loss, the mean of sqrt(difference^2 + 1e-6).

    Source: arXiv:1710.01992. A smooth version of the mean absolute difference.
    """
    apart = (generated - true) / 255.0
    return _mean(ops.sqrt(apart * apart + _ROUND**2))


def temporal_difference(generated: Any, true: Any) -> Any:
    """Charbonnier loss of frame-to-frame changes; penalises flicker.

    Motion in the true clip costs nothing.
    """
    return charbonnier(_changes(generated), _changes(true))


def warped(clip: Any, flows: Any, warp: Any) -> Any:
    """Warping loss: the difference of frames and their warped neighbours.

    Args:
        clip: the frames of the flow, [B, T, h, w, 3].
        flows: [B, 2 * (T - 1), h, w, 2], see `recurrent_sr`.
        warp: warps [B, h, w, 3] along [B, h, w, 2].
    """
    here, there = flow_pyramid.neighbours(clip)
    moved = warp(frame_folding.fold(there), frame_folding.fold(flows))
    return charbonnier(frame_folding.unfold(moved, here), here)


def feature_distance(generated: list[Any], true: list[Any]) -> Any:
    """Perceptual loss: mean absolute difference of features, normalised.

    Source: arXiv:1603.08155. Differs: the features are those of our networks;
    each layer is normalised by the scale of the true features.

    Args:
        generated: features of a few layers, each [B, T, h, w, C].
        true: features of the true clips.
    """
    total: Any = 0.0
    for one, other in zip(generated, true, strict=True):
        one, other = ops.cast(one, "float32"), ops.cast(other, "float32")
        scale = ops.stop_gradient(_mean(ops.abs(other)) + 1e-6)
        total = total + _mean(ops.abs(one - other)) / scale
    return total / len(true)


def gram(features: Any) -> Any:
    """Returns the Gram matrix of each frame's features, float32 [B, T, C, C].

    Source: style of arXiv:1508.06576, divided by h * w * C as in
    arXiv:1603.08155.
    """
    _, _, height, width, channels = ops.shape(features)
    flat = ops.cast(features, "float32")
    flat = ops.reshape(flat, (*ops.shape(flat)[:2], -1, channels))
    both = ops.matmul(ops.transpose(flat, (0, 1, 3, 2)), flat)
    return both / float(height * width * channels)


def style_distance(generated: list[Any], style: list[Any]) -> Any:
    """Style loss: mean squared difference of Gram matrices, normalised.

    Args:
        generated: features of a few layers, each [B, T, h, w, C].
        style: Gram matrices of the style for the same layers, [C, C].
    """
    total: Any = 0.0
    for features, wanted in zip(generated, style, strict=True):
        apart = gram(features) - wanted
        scale = ops.mean(wanted * wanted) + 1e-12
        total = total + _mean(apart * apart) / scale
    return total / len(style)


def roughness(generated: Any) -> Any:
    """Total variation: mean absolute difference of neighbouring pixels."""
    down = ops.abs(generated[:, :, 1:] - generated[:, :, :-1]) / 255.0
    right = ops.abs(generated[:, :, :, 1:] - generated[:, :, :, :-1]) / 255.0
    return _mean(down) + _mean(right)


def _changes(clip: Any) -> Any:
    return clip[:, 1:] - clip[:, :-1]


def _mean(values: Any) -> Any:
    """Averages over all axes except the first."""
    return ops.mean(ops.reshape(values, (ops.shape(values)[0], -1)), axis=1)
