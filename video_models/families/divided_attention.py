"""TimeSformer's block: attention over time, then over space, then an MLP."""

import keras

from video_models.families import transformer

ops = keras.ops


def transform(
    x: keras.KerasTensor,
    frames: int,
    kind: transformer.Block,
    rate: float,
    name: str,
    starts_still: bool,
) -> keras.KerasTensor:
    """Attends over time at each position, then over space in each frame.

    Source: arXiv:2102.05095. The class token attends to every frame separately;
    its outputs are averaged.

    Args:
        x: [B, 1 + T * N, C]: the class token, then N patches of each frame.
        frames: T.
        kind: the `Kind` of the block.
        rate: rate at which attention over time, over space, and the MLP are
            skipped per position, frame and clip in training.
        name: prefix of the names of the layers.
        starts_still: whether attention over time starts at 0.

    Returns:
        The same shape.
    """
    count, width = x.shape[1] - 1, x.shape[2]
    places = count // frames
    token = x[:, :1]
    x = ops.reshape(x[:, 1:], (-1, frames, places, width))
    x = x + _over_time(x, kind, rate, f"{name}_time", starts_still)
    token, x = _over_space(token, x, kind, rate, name)
    x = ops.reshape(x, (-1, count, width))
    x = ops.concatenate([token, x], axis=1)
    return transformer.think(x, kind, rate, name)


def _over_time(
    x: keras.KerasTensor,
    kind: transformer.Block,
    rate: float,
    name: str,
    starts_still: bool,
) -> keras.KerasTensor:
    _, frames, places, width = x.shape
    y = transformer.normalize(x, f"{name}_norm")
    y = ops.reshape(ops.transpose(y, (0, 2, 1, 3)), (-1, frames, width))
    y = transformer.attend(y, kind, rate, name)
    y = ops.reshape(y, (-1, places, frames, width))
    y = ops.transpose(y, (0, 2, 1, 3))
    start = "zeros" if starts_still else None
    return transformer.linear(y, width, f"{name}_map", start)


def _over_space(
    token: keras.KerasTensor,
    x: keras.KerasTensor,
    kind: transformer.Block,
    rate: float,
    name: str,
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    _, frames, places, width = x.shape
    copies = ops.repeat(ops.expand_dims(token, 1), frames, axis=1)
    y = ops.concatenate([copies, x], axis=2)
    y = transformer.normalize(y, f"{name}_norm1")
    y = ops.reshape(y, (-1, 1 + places, width))
    y = transformer.attend(y, kind, rate, f"{name}_attention")
    y = ops.reshape(y, (-1, frames, 1 + places, width))
    return token + ops.mean(y[:, :, 0], axis=1, keepdims=True), x + y[:, :, 1:]
