"""Decodes stored frames of any storage format.

jpeg        frame_decoding
h264, h265  packet_decoding: in the local process only
raw         raw_frames: caches of decoded frames
"""

import tensorflow as tf

from pipelines.decoding import frame_decoding, packet_decoding, raw_frames


def decode_clip(storage: str, record: dict[str, tf.Tensor]) -> tf.Tensor:
    """Decodes whole frames accurately.

    Args:
        storage: `storage` of the manifest.
        record: result of `clip_reading.read`.

    Returns:
        uint8 [T, height, width, 3].
    """
    if storage == "jpeg":
        return frame_decoding.decode_clip(record["frames"])
    if storage == "raw":
        return raw_frames.decode_clip(
            record["frames"], record["height"], record["width"]
        )
    return packet_decoding.decode_clip(
        storage, record["frames"], record["shown"]
    )


def decode_window(
    storage: str,
    record: dict[str, tf.Tensor],
    window: tf.Tensor,
    size: int,
    finish: frame_decoding.Finish,
) -> tf.Tensor:
    """Decodes one window of every frame, for training.

    Args:
        storage: `storage` of the manifest.
        record: result of `clip_reading.read`.
        window: int32 [4], top, left, height, width in pixels.
        size: height and width of the result, pixels.
        finish: converts scaled pixels to uint8.

    Returns:
        uint8 [T, size, size, 3].
    """
    if storage == "jpeg":
        return frame_decoding.decode_window(
            record["frames"], window, size, finish
        )
    if storage == "raw":
        return raw_frames.decode_window(
            record["frames"],
            record["height"],
            record["width"],
            window,
            size,
            finish,
        )
    frames = packet_decoding.decode_window(
        storage, record["frames"], record["shown"], window, size
    )
    return finish(tf.split(tf.cast(frames, tf.float32), frames.shape[0]))
