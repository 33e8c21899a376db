"""Splits a video file into windows for an exported model.

The file is read once, in order, with one window in memory. Clips spread over
the whole of a long video need a second pass and hold only their own frames.
Frames are JPEGs, the input of exported models, whatever the shards store.
"""

import collections
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from launch.prediction import held_frames, isolated_frames
from pipelines import batch
from pipelines.sampling import time_sampling
from tfrecords_tools.media import reader

_MOST_HELD = 1 << 26  # Bytes of JPEGs: a minute or two.


class Window(NamedTuple):
    """One clip of a video.

    Attributes:
        start_seconds: where the window begins.
        end_seconds: where it ends.
        jpegs: T encoded frames.
        span: start of the first and end of the latest of these frames,
            microseconds.
    """

    start_seconds: float
    end_seconds: float
    jpegs: list[bytes]
    span: tuple[int, int]


def split_by_seconds(
    path: pathlib.Path,
    clip: batch.ClipSpec,
    media: reader.Config,
    seconds: float,
    read: isolated_frames.Read = reader.read_frames,
) -> Iterator[Window]:
    """Yields consecutive windows of `seconds`; the last may be shorter.

    Args:
        path: of the video.
        clip: the model's input.
        media: how frames are picked and stored.
        seconds: length of a window.
        read: the frames of a video, such as `isolated_frames.IsolatedFrames`.

    Raises:
        UserError: the video cannot be read, or a window is too short for a
            clip that refuses short videos. A short last window after others
            is dropped instead.
    """
    held: list[reader.Frame] = []
    number, any_given = 0, False
    for frame in read(path, media.as_jpeg()):
        while frame.time >= (number + 1) * seconds * 1e6:
            if held:
                start, end = number * seconds, (number + 1) * seconds
                frames = held_frames.central_frames(path, held, clip)
                yield _window(start, end, frames)
                any_given = True
            held = []
            number += 1
        held.append(frame)
    if not any_given or not held_frames.is_too_short(held, clip):
        end = held[-1].end_time / 1e6
        frames = held_frames.central_frames(path, held, clip)
        yield _window(number * seconds, end, frames)


def cover_video(
    path: pathlib.Path,
    clip: batch.ClipSpec,
    media: reader.Config,
    read: isolated_frames.Read = reader.read_frames,
) -> Iterator[Window]:
    """Yields windows that together cover the video.

    Dense clips follow one another, and the last one ends with the video. A clip
    that is spread over the whole video gives one window.

    Args:
        path: of the video.
        clip: the model's input.
        media: how frames are picked and stored.
        read: as for `split_by_seconds`.

    Raises:
        UserError: the video cannot be read, or is too short for a clip that
            refuses short videos.
    """
    if clip.sampling != "dense":
        yield _spread(path, clip, read, media.as_jpeg())
    elif clip.by_time:
        yield from _cover_by_time(path, clip, read(path, media.as_jpeg()))
    else:
        yield from _cover_by_frames(path, clip, read(path, media.as_jpeg()))


def _cover_by_frames(
    path: pathlib.Path, clip: batch.ClipSpec, frames: Iterable[reader.Frame]
) -> Iterator[Window]:
    length = clip.frames * clip.stride
    held: collections.deque[reader.Frame] = collections.deque(maxlen=length)
    fresh, any_given = 0, False
    for frame in frames:
        held.append(frame)
        fresh += 1
        if fresh == length:
            yield _whole(path, held, clip)
            fresh, any_given = 0, True
    if fresh or not any_given:
        yield _whole(path, held, clip)


def _cover_by_time(
    path: pathlib.Path, clip: batch.ClipSpec, frames: Iterable[reader.Frame]
) -> Iterator[Window]:
    length = round(clip.frames * clip.stride_seconds * 1e6)
    held: collections.deque[reader.Frame] = collections.deque()
    start, any_given = None, False
    for frame in frames:
        held.append(frame)
        start = frame.time if start is None else start
        # Frames may start a little after the time they are shown at.
        while frame.time > start + length + time_sampling.CLOCK_MICROSECONDS:
            yield _from(held, start, length, clip)
            start, any_given = start + length, True
        # The next window starts at `start`, or ends with the video.
        needed = min(start, frame.end_time - length)
        while len(held) > 1 and held[1].time <= needed:
            held.popleft()
    end = held[-1].end_time
    if not any_given and end - start <= length:
        yield _whole(path, held, clip)
        return
    while end - start > time_sampling.CLOCK_MICROSECONDS:
        yield _from(held, min(start, end - length), length, clip)
        start += length


def _whole(
    path: pathlib.Path, held: Sequence[reader.Frame], clip: batch.ClipSpec
) -> Window:
    """The window of all held frames."""
    start, end = held[0].time / 1e6, held[-1].end_time / 1e6
    return _window(start, end, held_frames.central_frames(path, held, clip))


def _from(
    held: Sequence[reader.Frame], start: int, length: int, clip: batch.ClipSpec
) -> Window:
    """The window [start, start + length), microseconds."""
    end = start + length
    frames = held_frames.frames_between(held, start, end, clip)
    return _window(start / 1e6, end / 1e6, frames)


def _window(start: float, end: float, frames: Sequence[reader.Frame]) -> Window:
    latest = max(frame.end_time for frame in frames)
    return Window(
        start, end, [frame.data for frame in frames], (frames[0].time, latest)
    )


def _spread(
    path: pathlib.Path,
    clip: batch.ClipSpec,
    read: isolated_frames.Read,
    media: reader.Config,
) -> Window:
    # A short video is held as a whole, a long one is read twice.
    held: list[reader.Frame] | None = []
    stored, size, start, end = 0, 0, None, 0
    for frame in read(path, media):
        start = frame.time if start is None else start
        stored, end, size = stored + 1, frame.end_time, size + len(frame.data)
        if held is not None and size <= _MOST_HELD:
            held.append(frame)
        else:
            held = None
    held_frames.check_length(path, clip, stored, (end - start) / 1e6)
    numbers = held_frames.frame_numbers(stored, clip)
    kept = dict(enumerate(held or ()))
    if held is None:
        needed = set(numbers)
        for number, frame in enumerate(read(path, media)):
            if number in needed:
                kept[number] = frame
    return _window(start / 1e6, end / 1e6, [kept[i] for i in numbers])
