"""Converts the frames of a request to the network's input.

A few frames are decoded and scaled at a time, so only these are in memory at
their original size. All limits are checked before decoding.
"""

from collections.abc import Callable

import tensorflow as tf

from launch.requests import image_headers, request_limits
from pipelines import batch
from pipelines.decoding import frame_decoding

_AT_ONCE = 8  # Frames decoded at the same time.
_MAX_ASPECT = 16  # Times the short side; longer frames must not be enlarged.


def from_images(
    images: tf.Tensor,
    clip: batch.ClipSpec,
    limits: request_limits.Config,
    crops: int = 1,
) -> tf.Tensor:
    """Decodes, scales and crops clips.

    Args:
        images: string [N, T], JPEG or PNG.
        clip: of the network's input.
        limits: of the request.
        crops: of each clip, spread evenly along the long side; 1 is the
            centre.

    Returns:
        uint8 [N * crops, T, size, size, 3], the crops of a clip together.
    """
    length = images.shape[1]
    images = _checked("frames_bytes", images, clip, limits, crops)
    flat = tf.reshape(images, [-1])
    sizes, inflated = image_headers.sizes(flat)
    checked = request_limits.require(
        _known(flat, sizes, length),
        *_limited(sizes, clip, limits, lambda n: _place(n, length)),
        _few_inflated(inflated, length),
        _equal(tf.reshape(sizes, (-1, length, 2))),
    )
    flat = request_limits.after([checked], flat)
    return _pixels(flat, length, clip, frame_decoding.decode_clip, crops)


def from_pixels(
    frames: tf.Tensor,
    clip: batch.ClipSpec,
    limits: request_limits.Config,
    crops: int = 1,
) -> tf.Tensor:
    """Scales and crops decoded clips.

    Args:
        frames: uint8 [N, T, height, width, 3].
        clip: of the network's input.
        limits: of the request.
        crops: as for `from_images`.

    Returns:
        uint8 [N * crops, T, size, size, 3], the crops of a clip together.
    """
    length = frames.shape[1]
    frames = _checked("frames", frames, clip, limits, crops)
    sizes = tf.shape(frames, tf.int64)[None, 2:4]
    limited = _limited(sizes, clip, limits, lambda _: ("each frame",))
    frames = request_limits.after([request_limits.require(*limited)], frames)
    shape = tf.shape(frames)
    flat = tf.reshape(frames, tf.concat([[shape[0] * length], shape[2:]], 0))
    return _pixels(flat, length, clip, lambda frame: frame, crops)


def _checked(
    name: str,
    given: tf.Tensor,
    clip: batch.ClipSpec,
    limits: request_limits.Config,
    crops: int,
) -> tf.Tensor:
    """The input after checking its shape and number of clips."""
    spec = tf.TensorSpec(given.shape, given.dtype)
    given = request_limits.check_shapes({name: given}, {name: spec})[name]
    max_clips = limits.clips((given.shape[1], *clip.shape[1:]), crops)
    few = request_limits.few_clips(tf.shape(given)[0], max_clips)
    return request_limits.after([request_limits.require(few)], given)


def _pixels(
    flat: tf.Tensor,
    length: int,
    clip: batch.ClipSpec,
    decode: Callable[[tf.Tensor], tf.Tensor],
    crops: int,
) -> tf.Tensor:
    size = clip.size
    places = frame_decoding.crop_places(crops)
    # Two frames per iteration: an iteration costs as much as a small frame, and
    # more frames of 4096x2304 need more memory (2: 231 MB, 4: 460 MB).
    group = 2 if length % 2 == 0 else 1
    grouped = tf.concat([[-1, group], tf.shape(flat)[1:]], axis=0)
    shape = (group, size, size, 3)

    def cropped(images: tf.Tensor) -> list[tf.Tensor]:
        frames = decode(images)
        return [
            frame_decoding.scale_and_crop(frames, clip, place)
            for place in places
        ]

    each = tf.map_fn(
        cropped,
        tf.reshape(flat, grouped),
        fn_output_signature=[tf.TensorSpec(shape, tf.uint8) for _ in places],
        parallel_iterations=_AT_ONCE // group,
    )
    shape = (-1, length, *shape[1:])
    clips = [tf.reshape(frames, shape) for frames in each]
    if crops == 1:
        return clips[0]
    return tf.reshape(tf.stack(clips, axis=1), shape)


def _place(number: tf.Tensor, length: int) -> tuple:
    return "frame ", number % length, " of clip ", number // length


def _known(
    images: tf.Tensor, sizes: tf.Tensor, length: int
) -> request_limits.Rule:
    is_known = sizes[:, 0] >= 0

    def message() -> tf.Tensor:
        first = tf.argmin(tf.cast(is_known, tf.int32))
        return request_limits.text(
            *_place(first, length),
            " is not an image: got ",
            tf.strings.length(images[first]),
            " bytes without an image header, wanted a complete JPEG or PNG",
        )

    return tf.reduce_all(is_known), message


def _few_inflated(counts: tf.Tensor, length: int) -> request_limits.Rule:
    limit = image_headers.MAX_INFLATED
    good = counts <= limit

    def message() -> tf.Tensor:
        return request_limits.text(
            *_place(tf.argmin(tf.cast(good, tf.int32)), length),
            f" has more than {limit} compressed texts and colour profiles "
            f"(PNG chunks zTXt, iTXt, iCCP), wanted at most {limit}: send the "
            "image without its metadata",
        )

    return tf.reduce_all(good), message


def _limited(
    sizes: tf.Tensor,
    clip: batch.ClipSpec,
    limits: request_limits.Config,
    place: Callable[[tf.Tensor], tuple],
) -> list[request_limits.Rule]:
    """Rules for sizes, int64 [M, 2]; `place` describes one of the M."""
    pixels, scaled = tf.reduce_prod(sizes, axis=1), _scaled_pixels(sizes, clip)
    max_pixels, side = limits.frame_pixels, clip.scaled_short_side
    max_scaled = _MAX_ASPECT * side**2

    def rule(good: tf.Tensor, details: Callable) -> request_limits.Rule:
        def message() -> tf.Tensor:
            first = tf.argmin(tf.cast(good, tf.int32))
            size = [sizes[first, 1], "x", sizes[first, 0]]
            return request_limits.text(
                *place(first), " has ", *size, " pixels", *details(first)
            )

        return tf.reduce_all(good), message

    return [
        rule(pixels > 0, lambda _: ["; wanted at least 1x1"]),
        rule(
            pixels <= max_pixels,
            lambda first: [
                f"; wanted at most {max_pixels} pixels, got ",
                pixels[first],
                ": send smaller frames, or export with a larger "
                "--limits.frame_pixels",
            ],
        ),
        rule(
            scaled <= tf.maximum(pixels, max_scaled),
            lambda first: [
                ", scaled to ",
                scaled[first],
                f" pixels with a short side of {side}; wanted at most "
                f"{max_scaled}, or no enlargement: send frames of at most "
                f"{_MAX_ASPECT}:1, or larger ones",
            ],
        ),
    ]


def _scaled_pixels(sizes: tf.Tensor, clip: batch.ClipSpec) -> tf.Tensor:
    """int64 [M], pixels after scaling the short side; 0 for empty frames."""
    shortest = tf.reduce_min(sizes, axis=1, keepdims=True)
    short = tf.cast(clip.scaled_short_side, tf.int64)
    if not clip.scaled:
        short = tf.maximum(shortest, clip.size)
    rounded_up = shortest - 1
    scaled = (sizes * short + rounded_up) // tf.maximum(shortest, 1)
    return tf.reduce_prod(tf.minimum(scaled, image_headers.MAX_SIDE), axis=1)


def _equal(sizes: tf.Tensor) -> request_limits.Rule:
    """The rule that frames of a clip have one size; int64 [N, T, 2]."""
    is_equal = tf.reduce_all(sizes == sizes[:, :1], axis=-1)

    def message() -> tf.Tensor:
        clip, frame = tf.unstack(tf.where(~is_equal)[0])
        first, other = sizes[clip, 0], sizes[clip, frame]
        return request_limits.text(
            "the frames of clip ",
            clip,
            " have different sizes: frame 0 has ",
            *(first[1], "x", first[0], " pixels, frame ", frame, " has "),
            *(other[1], "x", other[0]),
            "; wanted one size for all frames of a clip",
        )

    return tf.reduce_all(is_equal), message
