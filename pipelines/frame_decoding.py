"""JPEG bytes into uint8 frames.

Evaluation and serving share `decode_clip` and `scale_and_crop`; training may
use `decode_window`, which decodes only the crop, and at a lower resolution
where the crop is much larger than its target.
"""

import tensorflow as tf

from pipelines import batch


def decode_clip(jpegs: tf.Tensor) -> tf.Tensor:
    """Decodes whole frames accurately.

    Args:
        jpegs: string [T], frames of equal size.

    Returns:
        uint8 [T, height, width, 3].
    """
    return tf.map_fn(
        lambda jpeg: tf.io.decode_jpeg(
            jpeg, channels=3, dct_method="INTEGER_ACCURATE"
        ),
        jpegs,
        fn_output_signature=tf.TensorSpec((None, None, 3), tf.uint8),
    )


def scale_and_crop(
    frames: tf.Tensor, clip: batch.ClipSpec, place: tf.Tensor | float = 0.5
) -> tf.Tensor:
    """The pixels that evaluation and serving show to a network.

    Scales the short side with antialiasing, rounds to uint8, then crops.

    Args:
        frames: uint8 [T, height, width, 3].
        clip: `size` and `short_side` say what comes out.
        place: float [] in [0, 1], where the crop lies along the long side;
            0.5 is its centre. Along the short side it is always centred.

    Returns:
        uint8 [T, size, size, 3].
    """
    shape = tf.shape(frames)
    height, width = shape[1], shape[2]
    short, size = clip.scaled_short_side, clip.size
    least = tf.minimum(height, width)
    scaled = [(side * short + least // 2) // least for side in (height, width)]
    resized = tf.image.resize(
        tf.cast(frames, tf.float32), tf.stack(scaled), antialias=True
    )
    top, left = (
        tf.cast(tf.cast(side - size, tf.float32) * at + 0.5, tf.int32)
        for side, at in zip(
            scaled, _crop_places(height, width, place), strict=True
        )
    )
    crop = resized[:, top : top + size, left : left + size]
    return tf.ensure_shape(to_uint8(crop), (None, size, size, 3))


def decode_window(jpegs: tf.Tensor, window: tf.Tensor, size: int) -> tf.Tensor:
    """Decodes one window of every frame, for training.

    Args:
        jpegs: string [T], frames of equal size.
        window: int32 [4], top, left, height, width in pixels.
        size: height and width to come out, in pixels.

    Returns:
        uint8 [T, size, size, 3]. Where the window is at least twice or four
        times the size the decoder halves or quarters it (on average 1.9 of
        255 away from full decode and resize).
    """
    shortest = tf.minimum(window[2], window[3])
    step = tf.cast(shortest >= 2 * size, tf.int32)
    step += tf.cast(shortest >= 4 * size, tf.int32)
    branches = [
        lambda ratio=ratio: _decode_reduced(jpegs, window, ratio, size)
        for ratio in (1, 2, 4)
    ]
    frames = tf.switch_case(step, branches)
    return tf.ensure_shape(frames, (None, size, size, 3))


def to_uint8(frames: tf.Tensor) -> tf.Tensor:
    """Rounds float32 pixels to uint8, clipped to 0..255."""
    rounded = tf.round(tf.clip_by_value(frames, 0.0, 255.0))
    return tf.cast(rounded, tf.uint8)


def _crop_places(height: tf.Tensor, width: tf.Tensor, place) -> tuple:
    place = tf.cast(place, tf.float32)
    return (
        tf.where(height > width, place, 0.5),
        tf.where(width >= height, place, 0.5),
    )


def _decode_reduced(
    jpegs: tf.Tensor, window: tf.Tensor, ratio: int, size: int
) -> tf.Tensor:
    decoded = tf.map_fn(
        lambda jpeg: tf.image.decode_and_crop_jpeg(
            jpeg,
            window // ratio,
            channels=3,
            ratio=ratio,
            dct_method="INTEGER_FAST",
        ),
        jpegs,
        fn_output_signature=tf.TensorSpec((None, None, 3), tf.uint8),
    )
    resized = tf.image.resize(tf.cast(decoded, tf.float32), (size, size))
    return to_uint8(resized)
