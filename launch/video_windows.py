"""Cuts a video file into the clips that an exported model is asked about.

The file is read once, in order, and only a window of it is held in memory.
Its frames are JPEGs, which is what exported models take, however the shards
stored those that the model learned from.
"""

import collections
import pathlib
from collections.abc import Iterator
from typing import NamedTuple

from pipelines import batch, clip_sampling
from tfrecords_tools.media import reader


class Window(NamedTuple):
    """One clip of a video.

    Attributes:
        start_seconds: time of its first frame.
        end_seconds: end of its last frame.
        jpegs: T frames, as shards store them.
    """

    start_seconds: float
    end_seconds: float
    jpegs: list[bytes]


def of_seconds(
    path: pathlib.Path,
    clip: batch.ClipSpec,
    media: reader.Config,
    seconds: float,
) -> Iterator[Window]:
    """One window after another, each `seconds` long; the last may be less."""
    held: list[reader.Frame] = []
    number = 0
    for frame in reader.read_frames(path, media.as_jpeg()):
        while frame.time >= (number + 1) * seconds * 1e6:
            if held:
                start, end = number * seconds, (number + 1) * seconds
                yield Window(start, end, _picked(held, clip))
            held = []
            number += 1
        held.append(frame)
    if held:
        end = held[-1].end_time / 1e6
        yield Window(number * seconds, end, _picked(held, clip))


def of_whole_video(
    path: pathlib.Path, clip: batch.ClipSpec, media: reader.Config
) -> Iterator[Window]:
    """Windows that together cover the video.

    Dense clips stand end to end, the last one ends with the video; a uniform
    clip is spread over the whole video, so there is just one.
    """
    if clip.sampling == "uniform":
        yield _spread(path, clip, media)
        return
    length = clip.frames * clip.stride
    held: collections.deque[reader.Frame] = collections.deque(maxlen=length)
    fresh, any_given = 0, False
    for frame in reader.read_frames(path, media.as_jpeg()):
        held.append(frame)
        fresh += 1
        if fresh == length:
            yield _window(list(held), clip)
            fresh, any_given = 0, True
    if fresh or not any_given:
        yield _window(list(held), clip)


def _window(held: list[reader.Frame], clip: batch.ClipSpec) -> Window:
    start, end = held[0].time / 1e6, held[-1].end_time / 1e6
    return Window(start, end, _picked(held, clip))


def _picked(held: list[reader.Frame], clip: batch.ClipSpec) -> list[bytes]:
    return [held[i].data for i in _indices(len(held), clip)]


def _indices(stored: int, clip: batch.ClipSpec) -> list[int]:
    place = clip_sampling.view_place(0, 1)
    return clip_sampling.sample_frames(stored, clip, place).numpy().tolist()


def _spread(
    path: pathlib.Path, clip: batch.ClipSpec, media: reader.Config
) -> Window:
    media = media.as_jpeg()
    # Twice through the file rather than all of it in memory.
    stored = sum(1 for _ in reader.read_frames(path, media))
    indices = _indices(stored, clip)
    wanted, kept, times = set(indices), {}, []
    for number, frame in enumerate(reader.read_frames(path, media)):
        if number in wanted:
            kept[number] = frame.data
        times = [*times[:1], frame.time, frame.end_time]
    jpegs = [kept[i] for i in indices]
    return Window(times[0] / 1e6, times[-1] / 1e6, jpegs)
