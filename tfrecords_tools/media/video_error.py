"""Why a video cannot be used."""

from tfrecords_tools.base import errors
from tfrecords_tools.base.text import printable


class VideoError(errors.UserError):
    """A video that cannot be used.

    Attributes:
        path: the file.
        status: missing, empty, unreadable, no_video, no_track, no_frames,
            truncated, clock_restarts, too_large, unfit_size or
            no_frames_in_span.
        reason: why, without the file's name.
    """

    def __init__(self, path: str, status: str, reason: str) -> None:
        super().__init__(path, status, reason)
        self.path, self.status, self.reason = path, status, reason

    def __str__(self) -> str:
        return f"{printable.name(self.path)}: {self.reason}"
