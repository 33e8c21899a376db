"""A feature network: activations of a trained backbone at several sizes."""

from typing import Any

import keras

from tfrecords_tools.base import errors

ops = keras.ops
_ACTIVATIONS = (keras.layers.ReLU, keras.layers.Activation)


def build(backbone: keras.Model, most: int = 4) -> keras.Model:
    """Returns the deepest activations at each spatial size.

    Args:
        backbone: a trained backbone; its weights are frozen.
        most: maximum number of sizes; the largest are taken.

    Returns:
        frames float32 [B, T, H, W, 3], 0..255 -> list of [B, t, h, w, C],
        from large to small.

    Raises:
        UserError: it has no image activations.
    """
    backbone.trainable = False
    frames = backbone.input.shape[1]
    deepest: dict[int, Any] = {}
    for layer in backbone.layers:
        if isinstance(layer, _ACTIVATIONS):
            shape = layer.output.shape
            if len(shape) in (4, 5) and shape[-3] > 1:
                deepest[shape[-3]] = layer.output
    if not deepest:
        raise errors.UserError(
            f"--features: {backbone.name} has no image activations: wanted a "
            "run with a convolutional backbone, such "
            "as frame_conv or r2plus1d"
        )
    chosen = [deepest[height] for height in sorted(deepest, reverse=True)]
    outputs = [_as_clip(each, frames) for each in chosen[:most]]
    return keras.Model(backbone.input, outputs, name="features")


def _as_clip(features: keras.KerasTensor, frames: int) -> keras.KerasTensor:
    if len(features.shape) == 5:
        return features
    return ops.reshape(features, (-1, frames, *features.shape[1:]))
