"""Says in one sentence why a video file cannot be written."""

import contextlib
import os
from collections.abc import Iterator

import av

from tfrecords_tools.base import errors

TOO_LONG = (
    "a frame is shown, or sound pauses, for longer than an mp4 file can say: "
    "write .mkv, or cut the video there"
)
# Parts of what FFmpeg says, and what helps.
_REMEDIES = {
    "duration": TOO_LONG,
    "monoton": "times do not rise: give the video new ones (ffmpeg -i IN OUT)",
    "width x height": "choose pictures of another size",
    "NaN": "the sound has samples that are no numbers: mend them",
}


class UnfitFrames(errors.UserError, ValueError):
    """Frames that the file to be written cannot hold."""


@contextlib.contextmanager
def explained(path: str | os.PathLike) -> Iterator[None]:
    """Turns what FFmpeg refuses to write into one clear message.

    Errors of the disk stay `OSError`; atomic_write explains those.

    Raises:
        UserError: an encoder or a container refuses what it is given.
    """
    try:
        yield
    except (OSError, MemoryError):
        raise
    except av.FFmpegError as error:
        said = [error.strerror, error.log and error.log[2].strip()]
        raise refusal(path, ", ".join(filter(None, said))) from error
    except OverflowError as error:  # A number too large for PyAV.
        raise refusal(path, str(error)) from error


def refusal(path: str | os.PathLike, said: str) -> errors.UserError:
    """The error for what FFmpeg says, with what helps."""
    fitting = [text for sign, text in _REMEDIES.items() if sign in said]
    remedy = fitting[0] if fitting else "choose other settings of the file"
    return errors.UserError(
        f"cannot write {path}: {remedy} (FFmpeg: {said}). What stood there "
        "before is untouched"
    )
