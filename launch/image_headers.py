"""Height and width of encoded images, read from their headers in the graph.

Nothing is decoded, so that an image which would need too much memory can be
refused first. Only JPEG and PNG are known: the decoder takes further formats,
among them animated ones, whose headers do not bound the memory they need.
"""

from collections.abc import Callable

import tensorflow as tf

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_PNG_BYTES = 33  # Of the signature and the whole first chunk.
MAX_SIDE = 2**31 - 1
"""Longer sides are given as this one, so that a product fits into int64."""


def sizes(images: tf.Tensor) -> tf.Tensor:
    """Reads the sizes that headers declare.

    Args:
        images: string [M].

    Returns:
        int64 [M, 2], height and width in pixels, at most `MAX_SIDE`; -1 and
        -1 for what is neither JPEG nor PNG.

    Raises:
        tf.errors.InvalidArgumentError: a JPEG header is damaged.
    """
    is_jpeg = tf.strings.substr(images, 0, len(_JPEG)) == _JPEG
    return tf.cond(
        tf.reduce_all(is_jpeg),
        lambda: _jpeg_sizes(images),
        lambda: _mixed_sizes(images, is_jpeg),
    )


def _mixed_sizes(images: tf.Tensor, is_jpeg: tf.Tensor) -> tf.Tensor:
    found = tf.fill((tf.size(images), 2), tf.constant(-1, tf.int64))
    found = _filled(found, images, is_jpeg, _jpeg_sizes)
    return _filled(found, images, _is_png(images), _png_sizes)


def _filled(
    found: tf.Tensor,
    images: tf.Tensor,
    which: tf.Tensor,
    read: Callable[[tf.Tensor], tf.Tensor],
) -> tf.Tensor:
    places = tf.where(which)
    chosen = tf.gather(images, places[:, 0])
    return tf.tensor_scatter_nd_update(found, places, read(chosen))


def _jpeg_sizes(jpegs: tf.Tensor) -> tf.Tensor:
    shapes = tf.map_fn(
        lambda jpeg: tf.io.extract_jpeg_shape(jpeg, tf.int32),
        jpegs,
        fn_output_signature=tf.TensorSpec((3,), tf.int32),
    )
    return tf.cast(shapes[:, :2], tf.int64)


def _is_png(images: tf.Tensor) -> tf.Tensor:
    begins = tf.strings.substr(images, 0, len(_PNG)) == _PNG
    return begins & (tf.strings.length(images) >= _PNG_BYTES)


def _png_sizes(pngs: tf.Tensor) -> tf.Tensor:
    text = tf.strings.substr(pngs, len(_PNG), 8)
    digits = tf.cast(
        tf.io.decode_raw(text, tf.uint8, little_endian=False), tf.int64
    )
    powers = tf.constant([2**24, 2**16, 2**8, 1], tf.int64)
    width_height = tf.reduce_sum(tf.reshape(digits, (-1, 2, 4)) * powers, -1)
    return tf.minimum(width_height[:, ::-1], MAX_SIDE)
