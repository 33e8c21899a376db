"""Re-encodes an audio track as AAC, where a container cannot hold it.

Samples keep the positions that audio_clock determines; gaps are filled with
silence, so the track has no holes.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np

from tfrecords_tools.media import video_file
from tfrecords_tools.media.audio import audio_clock, audio_track

_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000)
_RATES += (12000, 11025, 8000, 7350)
_OTHER_RATE = 48_000
_BITS = 96_000  # A second and channel.
_LAYOUTS = {1: "mono", 6: "5.1"}  # Others become stereo.


def add_to(container: Any, source: Any) -> Any:
    """Adds the AAC track for one of another file to an output container."""
    codec = source.codec_context
    rate = codec.sample_rate if codec.sample_rate in _RATES else _OTHER_RATE
    layout = _LAYOUTS.get(codec.layout.nb_channels, "stereo")
    target = container.add_stream("aac", rate=rate, layout=layout)
    target.bit_rate = _BITS * target.codec_context.layout.nb_channels
    return target


def packets(
    video: video_file.VideoFile, source: Any, target: Any
) -> Iterator[tuple[int, Any]]:
    """Encodes a whole track.

    Args:
        video: the file, opened for this track alone.
        source: the track in it.
        target: returned by `add_to`.

    Yields:
        Start of each packet, microseconds on the frames' clock, and it.
    """
    rate = source.codec_context.sample_rate
    for frame in _frames(video, source, rate):
        yield from _timed(target.encode(frame))
    yield from _timed(target.encode(None))


def _timed(encoded: list[Any]) -> Iterator[tuple[int, Any]]:
    for packet in encoded:
        yield round(1_000_000 * packet.pts * packet.time_base), packet


def _frames(
    video: video_file.VideoFile, source: Any, rate: int
) -> Iterator[Any]:
    """Audio frames without gaps or overlaps, from the first sample on."""
    layout = source.codec_context.layout
    run = audio_clock.Run(_decoded(video, source, rate), rate)
    now = None
    for place, samples in run.blocks():
        if now is None:
            now = max(0, place)
        while place > now:
            silence = np.zeros((min(rate, place - now), samples.shape[1]))
            yield _frame(silence, now, rate, layout)
            now += len(silence)
        samples = samples[now - place :]
        if len(samples):
            yield _frame(samples, now, rate, layout)
            now += len(samples)


def _frame(samples: np.ndarray, place: int, rate: int, layout: Any) -> Any:
    across = np.ascontiguousarray(samples.T, np.float32)
    frame = av.AudioFrame.from_ndarray(across, "fltp", layout)
    frame.sample_rate = rate
    frame.pts, frame.time_base = place, Fraction(1, rate)
    return frame


def _decoded(
    video: video_file.VideoFile, source: Any, rate: int
) -> Iterator[audio_clock.Stated]:
    """Stated place and float32 [n, channels]; skips damaged packets."""
    layout = source.codec_context.layout
    resampler = None
    for frame in audio_track.frames(video, source):
        if resampler is None:
            resampler = av.AudioResampler("fltp", layout, rate)
        place = None
        if frame.pts is not None:
            seconds = frame.pts * frame.time_base - video.start_seconds
            place = float(seconds * rate)
        try:
            resampled = resampler.resample(frame)
        except (av.FFmpegError, ValueError):
            resampler = None  # The format of the audio changed.
            continue
        for each in resampled:
            yield place, each.to_ndarray().T
            place = None
