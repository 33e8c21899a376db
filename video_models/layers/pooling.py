"""3-D pooling by 2-D pooling of reshaped volumes.

TFLite cannot convert Keras' 3-D pooling.
"""

import keras

from video_models.layers import convolution

ops = keras.ops


def max_pool(
    x: keras.KerasTensor,
    window: tuple[int, int, int],
    strides: tuple[int, int, int],
    name: str,
    padding: str | tuple[int, int, int] = "valid",
) -> keras.KerasTensor:
    """Max pooling, first over space, then over time.

    Args:
        x: [B, T, H, W, C], at least 0, such as after a ReLU.
        window: size in time, height, width.
        strides: strides in the same order, equal in height and width.
        name: of the layers.
        padding: "valid", "same" like TensorFlow, or the zeros on both sides
            like PyTorch.

    Returns:
        [B, T', H', W', C].
    """
    if not isinstance(padding, str):
        x = convolution.pad(x, padding, f"{name}_pad")
        padding = "valid"
    if max(window[1:]) > 1 or max(strides[1:]) > 1:
        pool = keras.layers.MaxPooling2D(
            window[1:], strides[1:], padding, name=f"{name}_space"
        )
        x = _in_space(pool, x)
    if window[0] > 1 or strides[0] > 1:
        pool = keras.layers.MaxPooling2D(
            (window[0], 1), (strides[0], 1), padding, name=f"{name}_time"
        )
        x = _in_time(pool, x)
    return x


def average_pool(
    x: keras.KerasTensor, window: tuple[int, int, int], name: str
) -> keras.KerasTensor:
    """Average pooling with stride 1 and no padding.

    Args:
        x: [B, T, H, W, C].
        window: size in time, height, width.
        name: of the layers.

    Returns:
        [B, T', H', W', C], shorter by the window minus 1.
    """
    pool = keras.layers.AveragePooling2D(window[1:], 1, name=f"{name}_space")
    x = _in_space(pool, x)
    pool = keras.layers.AveragePooling2D((window[0], 1), 1, name=f"{name}_time")
    return _in_time(pool, x)


def _in_space(
    pool: keras.layers.Layer, x: keras.KerasTensor
) -> keras.KerasTensor:
    frames = x.shape[1]
    x = pool(ops.reshape(x, (-1, *x.shape[2:])))
    return ops.reshape(x, (-1, frames, *x.shape[1:]))


def _in_time(
    pool: keras.layers.Layer, x: keras.KerasTensor
) -> keras.KerasTensor:
    _, frames, height, width, channels = x.shape
    x = pool(ops.reshape(x, (-1, frames, height * width, channels)))
    return ops.reshape(x, (-1, x.shape[1], height, width, channels))
