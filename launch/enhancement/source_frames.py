"""The input frames of an enhancement, and those waiting for their result.

Handles truncated videos: refuses them or keeps the readable part.
"""

import collections
from collections.abc import Iterator

import numpy as np

from tfrecords_tools.media import pixel_video, video_file

_BROKEN = ("truncated", "unreadable")


class Source:
    """The frames of a video, and those not yet written.

    Attributes:
        waiting: frames read and not yet written, oldest first.
        is_cut: whether the video has more frames.
        remarks: why it was cut.
    """

    def __init__(
        self,
        video: pixel_video.PixelVideo,
        lenient: bool,
        max_frames: int | None,
    ) -> None:
        """Reads nothing yet.

        Args:
            video: an open file.
            lenient: whether a truncated video ends at the damage.
            max_frames: frames to read at most; None for all.
        """
        self._video, self._max_frames = video, max_frames
        self._lenient = lenient
        self.waiting: collections.deque = collections.deque()
        self.is_cut = False
        self.remarks: list[str] = []

    def frames(self) -> Iterator[np.ndarray]:
        """Decodes lazily: uint8 [H, W, 3] each; call once.

        Raises:
            VideoError: the video is truncated; names the number of frames.
        """
        count = 0
        try:
            for frame in self._video.frames():
                count += 1
                self.waiting.append(frame)
                yield frame.pixels
                if count == self._max_frames:
                    self.is_cut = True
                    return
        except video_file.VideoError as error:
            self._break(error, count)

    def _break(self, error: video_file.VideoError, count: int) -> None:
        if not count or error.status not in _BROKEN:
            raise error
        until = f"{error.reason}, after {count} whole frames"
        until += f" ({self._video.end_time / 1e6:.2f} s)"
        if not self._lenient:
            raise video_file.VideoError(
                error.path,
                error.status,
                f"{until}; nothing is written. --allow_truncated keeps them",
            ) from error
        self.is_cut = True
        self.remarks.append(f"the video {until}; only those were written")
