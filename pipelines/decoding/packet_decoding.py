"""Decodes packets of H.264 or H.265 to uint8 frames.

The counterpart of frame_decoding, in a `tf.numpy_function`: every call opens
a new decoder, so equal packets give equal pixels. The graph runs in the local
process only.
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
        packets: string [P], each after the packets that it depends on.
        shown: int32 [T], positions of the frames in `packets`.

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
    """Decodes one window of every frame, for training.

    Args:
        storage: h264 or h265.
        packets: string [P], each after the packets that it depends on.
        shown: int32 [T], positions of the frames in `packets`.
        window: int32 [4], top, left, height, width in pixels.
        size: height and width of the result, pixels.

    Returns:
        uint8 [T, size, size, 3]; reduced as in `frame_decoding`.
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
