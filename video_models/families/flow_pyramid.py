"""Optical flow between images, estimated from coarse to fine."""

from typing import Any

import keras

from video_models.layers.images import half_images, lucas_kanade, warp

ops = keras.ops

_SLOW = 0.1  # BasicVSR's flow also learns slower, at an eighth of the rate.


def neighbours(clip: Any) -> tuple[Any, Any]:
    """Returns all pairs of neighbouring frames, forward, then backward.

    Args:
        clip: [B, T, h, w, C].

    Returns:
        The frames, and the frames to find their pixels in; both [B, 2 * (T -
        1), h, w, C].
    """
    early, late = clip[:, :-1], clip[:, 1:]
    here = ops.concatenate([early, late], axis=1)
    return here, ops.concatenate([late, early], axis=1)


def build(width: int, levels: int) -> keras.Model:
    """Builds a pyramid of small networks, one per size.

    Source: SPyNet, arXiv:1611.00850. Differs: each network corrects one step of
    Lucas and Kanade, a good estimate before training; few 3x3 convolutions;
    training is unsupervised, by a loss on warped frames
    (`pixel_losses.warped`).

    Args:
        width: channels of each level, doubled in the middle.
        levels: number of sizes; the smallest is 2 ** (levels - 1) times
            smaller.

    Returns:
        [images float32 [B, h, w, 3], -1..1, others like them] -> flow float32
        [B, h, w, 2]: displacement of each pixel in the other image, in pixels
        right and down.
    """
    here = keras.Input((None, None, 3), name="here")
    there = keras.Input((None, None, 3), name="there")
    pyramid = [(here, there)]
    for level in range(1, levels):
        halve = half_images.Halve(name=f"halve{level}")
        pyramid.append(tuple(halve(each) for each in pyramid[-1]))
    flow = None
    for level, (one, other) in reversed(list(enumerate(pyramid))):
        name = f"level{level}"
        if flow is None:
            moved, known = other, [one, other]
        else:
            flow = half_images.Double(2.0, name=f"{name}_grow")(flow, one)
            moved = warp.Warp(name=f"{name}_warp")(other, flow)
            known = [one, moved, flow]
        step = lucas_kanade.LucasKanade(name=f"{name}_step")(one, moved)
        step = step + _SLOW * _estimate([*known, step], width, name)
        flow = step if flow is None else flow + step
    return keras.Model([here, there], flow, name="flow")


def _estimate(
    known: list[keras.KerasTensor], width: int, name: str
) -> keras.KerasTensor:
    x = keras.layers.Concatenate(name=f"{name}_known")(known)
    for number, channels in enumerate((width, 2 * width, width), start=1):
        x = keras.layers.Conv2D(
            channels,
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=f"{name}_conv{number}",
        )(x)
    return keras.layers.Conv2D(
        2,
        3,
        padding="same",
        kernel_initializer="zeros",
        dtype="float32",
        name=f"{name}_change",
    )(x)
