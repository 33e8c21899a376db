"""Packets of H.264 or H.265 into uint8 frames.

What frame_decoding does for JPEG, in a `tf.numpy_function`: every call opens
a decoder of its own, so equal packets give equal pixels, but the graph can
run in this process alone.
"""

import numpy as np
import tensorflow as tf

from tfrecords_tools.media.frames import packet_frames


def decode_clip(
    storage: str, packets: tf.Tensor, shown: tf.Tensor
) -> tf.Tensor:
    """Decodes whole frames.

    Args:
        storage: h264 or h265.
        packets: string [P], each after the one that it builds on.
        shown: int32 [T], places of the wanted frames in `packets`.

    Returns:
        uint8 [T, height, width, 3].
    """

    def decoded(packets: np.ndarray, shown: np.ndarray) -> np.ndarray:
        return packet_frames.decode(storage, packets.tolist(), shown.tolist())

    frames = tf.numpy_function(
        decoded, [packets, shown], tf.uint8, stateful=False
    )
    return tf.ensure_shape(frames, (shown.shape[0], None, None, 3))


def decode_window(
    storage: str,
    packets: tf.Tensor,
    shown: tf.Tensor,
    window: tf.Tensor,
    size: int,
) -> tf.Tensor:
    """One window of every frame, for training.

    Args:
        storage: h264 or h265.
        packets: string [P], each after the one that it builds on.
        shown: int32 [T], places of the wanted frames in `packets`.
        window: int32 [4], top, left, height, width in pixels.
        size: height and width to come out, in pixels.

    Returns:
        uint8 [T, size, size, 3]; made smaller as `frame_decoding` does it.
    """

    def decoded(
        packets: np.ndarray, shown: np.ndarray, window: np.ndarray
    ) -> np.ndarray:
        return packet_frames.decode(
            storage, packets.tolist(), shown.tolist(), window.tolist(), size
        )

    frames = tf.numpy_function(
        decoded, [packets, shown, window], tf.uint8, stateful=False
    )
    return tf.ensure_shape(frames, (shown.shape[0], size, size, 3))
