"""Height and width of encoded images, read from their headers in the graph.

Images that would need too much memory are refused before decoding. Only JPEG
and PNG are accepted: the decoder also reads formats, some of them animated,
whose headers do not bound the memory.
"""

from collections.abc import Callable

import tensorflow as tf

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_PNG_BYTES = 33  # Signature and first chunk.
_SCAN = b"\xff\xda"  # Start of scan: ends the header of a JPEG.
_END = b"\xff\xd9"  # End of almost every JPEG.
_INFLATED = (b"zTXt", b"iTXt", b"iCCP")
MAX_SIDE = 2**31 - 1
"""Longer sides are clipped to it, so that a product fits into int64."""

MAX_INFLATED = 4
"""Largest number of compressed chunks in a PNG.

The decoder inflates each, to at most 8 MB: a colour profile and a few texts are
legitimate. The search covers all bytes, so pixels may match by chance.
"""


def sizes(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Reads the sizes from image headers.

    Args:
        images: string [M].

    Returns:
        int64 [M, 2], height and width in pixels, at most `MAX_SIDE`; -1 and
        -1 for other formats and truncated headers.
        int64 [M], compressed chunks of a PNG, counted up to
        `MAX_INFLATED` + 1.

    Raises:
        tf.errors.InvalidArgumentError: a JPEG header is damaged.
    """
    is_jpeg = tf.strings.substr(images, 0, len(_JPEG)) == _JPEG
    length = tf.strings.length(images)
    tail = tf.minimum(length, len(_END))
    is_whole = tf.strings.substr(images, length - tail, tail) == _END
    return tf.cond(
        tf.reduce_all(is_jpeg & is_whole),
        lambda: (_jpeg_sizes(images), tf.zeros_like(is_jpeg, tf.int64)),
        lambda: _mixed_sizes(images, is_jpeg),
    )


def _mixed_sizes(
    images: tf.Tensor, is_jpeg: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    sizes_so_far = tf.fill((tf.size(images), 2), tf.constant(-1, tf.int64))
    has_scan = _count(tf.where(is_jpeg, images, ""), _SCAN, 1) > 0
    sizes_so_far = _filled(
        sizes_so_far, images, is_jpeg & has_scan, _jpeg_sizes
    )
    is_png = _is_png(images)
    pngs = tf.where(is_png, images, "")
    inflated = [_count(pngs, kind, MAX_INFLATED + 1) for kind in _INFLATED]
    return _filled(sizes_so_far, images, is_png, _png_sizes), tf.add_n(inflated)


def _count(texts: tf.Tensor, part: bytes, limit: int) -> tf.Tensor:
    """Occurrences of `part`, int64 [M], counted up to `limit`."""
    pieces = tf.strings.split(texts, part, maxsplit=limit)
    return tf.maximum(pieces.row_lengths() - 1, 0)


def _filled(
    sizes_so_far: tf.Tensor,
    images: tf.Tensor,
    which: tf.Tensor,
    read: Callable[[tf.Tensor], tf.Tensor],
) -> tf.Tensor:
    places = tf.where(which)
    chosen = tf.gather(images, places[:, 0])
    return tf.tensor_scatter_nd_update(sizes_so_far, places, read(chosen))


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
