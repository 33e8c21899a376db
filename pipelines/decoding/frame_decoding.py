"""Decodes JPEG bytes to uint8 frames.

Evaluation and serving share `decode_clip` and `scale_and_crop`. Training may
use `decode_window`, which decodes only the crop, at a reduced resolution if
the crop is much larger than its target.
"""

from collections.abc import Callable

import tensorflow as tf

from pipelines import batch

_MOST_OPS = 64  # A loop in the graph is slower than one op per frame.

# Converts frames, each float32 [1, H, W, 3] in 0..255, to uint8 [T, H, W, 3].
Finish = Callable[[list[tf.Tensor]], tf.Tensor]


def decode_clip(jpegs: tf.Tensor) -> tf.Tensor:
    """Decodes whole frames accurately.

    Args:
        jpegs: string [T], frames of equal size.

    Returns:
        uint8 [T, height, width, 3].
    """
    frames = _each(
        lambda jpeg: tf.io.decode_jpeg(
            jpeg, channels=3, dct_method="INTEGER_ACCURATE"
        ),
        jpegs,
    )
    return tf.concat([f if f.shape.rank == 4 else f[None] for f in frames], 0)


def crop_places(crops: int) -> list[float]:
    """Places of crops for `scale_and_crop`, spread evenly; one: the centre."""
    last = crops - 1
    return [i / last for i in range(crops)] if last else [0.5]


def scale_and_crop(
    frames: tf.Tensor, clip: batch.ClipSpec, place: tf.Tensor | float = 0.5
) -> tf.Tensor:
    """Scales and crops frames for evaluation and serving.

    Scales the short side with antialiasing, rounds to uint8, then crops.
    Without `clip.scaled`, scales only frames that are smaller than the crop.

    Args:
        frames: uint8 [T, height, width, 3].
        clip: has the `size` of the crop and the `short_side`.
        place: float [] in [0, 1], position of the crop along the long side;
            0.5 is the centre. The crop is always centred on the short side.

    Returns:
        uint8 [T, size, size, 3].
    """
    shape = tf.shape(frames)
    height, width, size = shape[1], shape[2], clip.size
    short_side = clip.scaled_short_side
    if not clip.scaled:
        short_side = tf.maximum(tf.minimum(height, width), size)
    scaled = scaled_shape(height, width, short_side)
    # Resizing uint8 gives the same result; whole frames of floats would need
    # four times the memory.
    resized = tf.cast(
        tf.image.resize(frames, scaled, antialias=True), tf.float32
    )
    top, left = (
        tf.cast(tf.cast(side - size, tf.float32) * at + 0.5, tf.int32)
        for side, at in zip(
            tf.unstack(scaled),
            _crop_places(height, width, place),
            strict=True,
        )
    )
    crop = resized[:, top : top + size, left : left + size]
    return tf.ensure_shape(to_uint8(crop), (None, size, size, 3))


def scaled_shape(
    height: tf.Tensor, width: tf.Tensor, short_side: tf.Tensor | int
) -> tf.Tensor:
    """int32 [2], height and width scaled to a short side."""
    sides = tf.stack([height, width])
    least = tf.reduce_min(sides)
    return (sides * short_side + least // 2) // least


def decode_window(
    jpegs: tf.Tensor, window: tf.Tensor, size: int, finish: Finish
) -> tf.Tensor:
    """Decodes one window of every frame, for training.

    Args:
        jpegs: string [T], frames of equal size.
        window: int32 [4], top, left, height, width in pixels.
        size: height and width of the result, pixels.
        finish: converts scaled pixels to uint8; `rounded` only rounds.

    Returns:
        uint8 [T, size, size, 3]. If the window is at least two or four times
        as large as `size`, the decoder halves or quarters it (mean difference
        to full decoding and resizing: 1.9 of 255).
    """
    shortest = tf.minimum(window[2], window[3])
    step = tf.cast(shortest >= 2 * size, tf.int32)
    step += tf.cast(shortest >= 4 * size, tf.int32)
    branches = [
        lambda ratio=ratio: finish(
            scaled_apart(_decode_reduced(jpegs, window, ratio), size)
        )
        for ratio in (1, 2, 4)
    ]
    frames = tf.switch_case(step, branches)
    return tf.ensure_shape(frames, (jpegs.shape[0], size, size, 3))


def scaled_apart(frames: list[tf.Tensor], size: int) -> list[tf.Tensor]:
    """Resizes bilinearly, frame by frame, so that each fits the CPU cache.

    Args:
        frames: T frames uint8 [height, width, 3], or one [T, height, ...].
        size: height and width of the result, pixels.

    Returns:
        As many tensors float32 [1 or T, size, size, 3], not rounded.
    """
    return [
        tf.image.resize(
            tf.cast(f if f.shape.rank == 4 else f[None], tf.float32),
            (size, size),
        )
        for f in frames
    ]


def to_uint8(frames: tf.Tensor) -> tf.Tensor:
    """Rounds float32 pixels to uint8, clipped to 0..255."""
    # One op instead of the two of tf.clip_by_value.
    clipped = tf.raw_ops.ClipByValue(
        t=frames, clip_value_min=0.0, clip_value_max=255.0
    )
    return tf.cast(tf.round(clipped), tf.uint8)


def clipped(frames: tf.Tensor) -> tf.Tensor:
    """Like `to_uint8` in one pass, rounding halves away from zero.

    Not for serving: XLA cannot compile the op. Integers are exact.
    """
    # The only mode with equal results with and without oneDNN.
    quantized = tf.raw_ops.QuantizeV2(
        input=frames,
        min_range=0.0,
        max_range=255.0,
        T=tf.quint8,
        mode="MIN_COMBINED",
    )
    return tf.bitcast(quantized.output, tf.uint8)


def rounded(frames: list[tf.Tensor]) -> tf.Tensor:
    """Joins frames of float32 pixels in 0..255 and rounds them to uint8."""
    return tf.concat([tf.cast(f + 0.5, tf.uint8) for f in frames], axis=0)


def _crop_places(height: tf.Tensor, width: tf.Tensor, place) -> tuple:
    place = tf.cast(place, tf.float32)
    return (
        tf.where(height > width, place, 0.5),
        tf.where(width >= height, place, 0.5),
    )


def _decode_reduced(
    jpegs: tf.Tensor, window: tf.Tensor, ratio: int
) -> list[tf.Tensor]:
    def decode(jpeg: tf.Tensor) -> tf.Tensor:
        return tf.image.decode_and_crop_jpeg(
            jpeg,
            window // ratio,
            channels=3,
            ratio=ratio,
            dct_method="INTEGER_FAST",
        )

    return _each(decode, jpegs)


def _each(
    decode: Callable[[tf.Tensor], tf.Tensor], jpegs: tf.Tensor
) -> list[tf.Tensor]:
    """Decodes each frame with its own op; more than 64 frames in a loop."""
    if jpegs.shape[0] is None or jpegs.shape[0] > _MOST_OPS:
        spec = tf.TensorSpec((None, None, 3), tf.uint8)
        return [tf.map_fn(decode, jpegs, fn_output_signature=spec)]
    return [decode(jpeg) for jpeg in tf.unstack(jpegs)]
