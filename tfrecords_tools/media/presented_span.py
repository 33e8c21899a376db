"""Measures when a video's first frame appears and its last one ends.

The duration that a container states is unreliable: audio may be longer,
frames may have lengths of their own, and a cut file still states its old
duration. So the last seconds are decoded, from the key frame before them.
"""

import os

from tfrecords_tools.media import video_file
from tfrecords_tools.media.frames import timed_frames

_TAIL = 3_000_000  # Microseconds before the stated end.


def find(path: str | os.PathLike, max_pixels: int) -> tuple[int, int]:
    """Returns the time of the first frame and the end of the last one.

    Args:
        path: a local video file.
        max_pixels: frames with more are refused.

    Returns:
        Microseconds from the container's start, equal to what decoding the
        whole file gives, at the cost of its first and last frames.

    Raises:
        VideoError: as of `reader.read_frames`; damage in the middle of the
            file goes unnoticed.
    """
    with video_file.VideoFile(path, max_pixels) as video:
        begin = next(timed_frames.decode(video)).time
        stated = video.container.duration or 0
    with video_file.VideoFile(path, max_pixels) as video:
        for timed in timed_frames.decode(video, max(0, stated - _TAIL)):
            end = timed.end_time
    return begin, end
