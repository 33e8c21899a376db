"""Says in one sentence why a video file cannot be written."""

import contextlib
import os
from collections.abc import Iterator

import av

from tfrecords_tools.base import errors

TOO_LONG = (
    "a frame is shown, or audio pauses, for longer than an mp4 file can say: "
    "write .mkv, or cut the video there"
)
# Parts of what FFmpeg says, in order, and what helps.
_REMEDIES = {
    "duration": TOO_LONG,
    "monoton": "times do not rise: give the video new ones (ffmpeg -i IN OUT)",
    "width x height": "choose frames of another size",
    "too large": "give a smaller number, such as of frames a second",
    "NaN": "the audio has samples that are no numbers: mend them",
    'open2("aac"': "choose a usual rate of the audio, such as 16000 or 48000",
    'open2("libx264"': "choose another size or frame rate",
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
        said = ", ".join(filter(None, said))
        raise refusal(path, said, str(error)) from error
    except OverflowError as error:  # A number too large for PyAV.
        raise refusal(path, str(error)) from error


def refusal(
    path: str | os.PathLike, said: str, details: str = ""
) -> errors.UserError:
    """The error for what FFmpeg says, with what helps."""
    heard = f"{said} {details}"
    fitting = [text for sign, text in _REMEDIES.items() if sign in heard]
    remedy = fitting[0] if fitting else "choose other settings of the file"
    return errors.UserError(
        f"cannot write {path}: {remedy} (FFmpeg: {said}). What stood there "
        "before is untouched"
    )
