"""Decodes the frames of a shard and scales them to a short side.

Gives the pixels that `frame_decoding.scale_and_crop` crops.
"""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from pipelines.decoding import frame_decoding, packet_decoding
from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema

_READ_BUFFER_BYTES = 1 << 22


def read_shard(
    path: str, manifest: manifests.Manifest, short_side: int
) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
    """Reads all records of a shard.

    Args:
        path: shard, on any file system that TensorFlow supports.
        manifest: of the shard.
        short_side: of scaled frames, pixels.

    Yields:
        Each record, as `schema.decode` returns it, and its scaled frames,
        uint8 [frames, height, width, 3].

    Raises:
        tf.errors.OpError: the shard or a frame is missing or damaged.
        ValueError: a record does not follow the schema.
    """

    def scaled(record: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        parsed = schema.parse(record[None])
        to = scaled_shape(parsed["height"][0], parsed["width"][0], short_side)
        frames = parsed["frames"][0]
        pixels = tf.cond(
            tf.size(frames) > 0,
            lambda: decoded(frames, to),
            lambda: tf.zeros((0, 0, 0, 3), tf.uint8),
        )
        return record, pixels

    def decoded(frames: tf.Tensor, to: tf.Tensor) -> tf.Tensor:
        if manifest.storage != "jpeg":
            every = tf.range(tf.size(frames))
            frames = packet_decoding.decode_clip(
                manifest.storage, frames, every
            )
        # One at a time: 64 frames of full HD are 1.6 GB of float32.
        return tf.map_fn(
            lambda frame: _resized(frame, to),
            frames,
            fn_output_signature=tf.TensorSpec((None, None, 3), tf.uint8),
        )

    records = tf.data.TFRecordDataset(path, buffer_size=_READ_BUFFER_BYTES)
    cores = len(os.sched_getaffinity(0))
    for record, pixels in records.map(scaled, cores).as_numpy_iterator():
        yield schema.decode(record, manifest.contents, arrays=True), pixels


def scaled_shape(
    height: tf.Tensor | int, width: tf.Tensor | int, short_side: int
) -> tf.Tensor:
    """int32 [2], height and width after scaling, pixels; never larger."""
    height, width = (tf.cast(side, tf.int32) for side in (height, width))
    short = tf.minimum(tf.minimum(height, width), short_side)
    return frame_decoding.scaled_shape(height, width, short)


def _resized(frame: tf.Tensor, to: tf.Tensor) -> tf.Tensor:
    """Decodes accurately, scales with antialiasing, rounds: as evaluation."""
    if frame.dtype == tf.string:
        frame = frame_decoding.decode_clip(frame[None])[0]
    resized = tf.image.resize(frame[None], to, antialias=True)
    return frame_decoding.to_uint8(resized[0])
