"""Writes frames in memory as one mp4 file: H.264 and optional AAC.

Videos of any length are written by video_writer, frame by frame.
"""

import os

import av
import numpy as np

from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.media.writing import writing_errors

# Every frame stands alone and is coded alike, so that no frame carries
# traces of its neighbours and none is sharper for coming first.
ALL_INTRA = {"g": "1", "bf": "0", "preset": "veryfast", "threads": "1"}


def write_mp4(
    path: str | os.PathLike[str],
    frames: np.ndarray,
    frame_rate: int,
    waveform: np.ndarray | None = None,
    sample_rate: int = 16_000,
    crf: int = 18,
) -> None:
    """Writes an mp4 file; it gets its name only on success.

    Equal arguments give equal bytes with the same FFmpeg.

    Args:
        path: file to write or replace; a missing folder is created.
        frames: uint8 [T, H, W, 3] RGB; H and W even, T at least 1.
        frame_rate: frames per second.
        waveform: float32 [N] mono in [-1, 1]; None writes no audio.
        sample_rate: samples per second of the waveform.
        crf: x264 quality, 0 (lossless) to 51 (worst).

    Raises:
        UserError: the frames have another shape, type or an odd size (also
            a ValueError); the encoder refuses their size, the rate or the
            audio; the disk is full or the place is not writable. The
            previous file is untouched.
    """
    _check_frames(frames)
    if frame_rate <= 0:  # PyAV would take another one.
        raise errors.UserError(
            f"cannot write {path}: {frame_rate} frames a second, wanted more "
            "than 0"
        )
    bitexact = {"fflags": "bitexact"}
    with (
        atomic_write.renamed(path) as unfinished,
        writing_errors.explained(path),
        av.open(
            f"file:{unfinished}", "w", "mp4", options=bitexact
        ) as container,
    ):
        # Both streams before the first packet: the header names them.
        video = _add_video(container, frames, frame_rate, crf)
        if waveform is not None:
            audio = container.add_stream("aac", rate=sample_rate)
            audio.layout = "mono"
        _encode_video(container, video, frames)
        if waveform is not None:
            _encode_audio(container, audio, waveform)


def _check_frames(frames: np.ndarray) -> None:
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 3:
        raise writing_errors.UnfitFrames(
            f"frames are {frames.dtype} {list(frames.shape)}, "
            "wanted uint8 [T, H, W, 3]: convert them to RGB bytes"
        )
    if not len(frames) or frames.shape[1] % 2 or frames.shape[2] % 2:
        raise writing_errors.UnfitFrames(
            f"frames are {list(frames.shape)}, wanted at least one frame of "
            "even height and width (yuv420p): crop or pad them"
        )


def _add_video(
    container: av.container.OutputContainer,
    frames: np.ndarray,
    frame_rate: int,
    crf: int,
) -> av.VideoStream:
    stream = container.add_stream(
        "libx264", rate=frame_rate, options=ALL_INTRA | {"crf": str(crf)}
    )
    stream.height, stream.width = frames.shape[1:3]
    stream.pix_fmt = "yuv420p"
    return stream


def _encode_video(
    container: av.container.OutputContainer,
    stream: av.VideoStream,
    frames: np.ndarray,
) -> None:
    for pixels in frames:
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels))
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _encode_audio(
    container: av.container.OutputContainer,
    stream: av.AudioStream,
    waveform: np.ndarray,
) -> None:
    samples = np.ascontiguousarray(waveform, np.float32)[None]
    audio = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
    audio.sample_rate = stream.rate
    audio.pts = 0
    if len(waveform):
        container.mux(stream.encode(audio))
    container.mux(stream.encode(None))
