"""Explains in one sentence why a video file cannot be written."""

import contextlib
import os
from collections.abc import Iterator

import av

from tfrecords_tools.base import errors

TOO_LONG = (
    "a frame or a gap in the audio lasts longer than mp4 can store: write "
    ".mkv, or cut the video there"
)
# Substrings of messages of FFmpeg, in order, and remedies.
_REMEDIES = {
    "duration": TOO_LONG,
    "monoton": "times do not increase: write new ones (ffmpeg -i IN OUT)",
    "width x height": "choose frames of another size",
    "too large": "use a smaller number, such as a lower frame rate",
    "NaN": "the audio contains NaN samples: repair them",
    'open2("aac"': "choose a common sample rate, such as 16000 or 48000",
    'open2("libx264"': "choose another size or frame rate",
}


class UnfitFrames(errors.UserError, ValueError):
    """The output file cannot hold these frames."""


@contextlib.contextmanager
def explained(path: str | os.PathLike) -> Iterator[None]:
    """Converts errors of FFmpeg to one clear message.

    Errors of the disk stay `OSError`; atomic_write explains those.

    Raises:
        UserError: an encoder or container refuses its input.
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
    """Returns the error for a message of FFmpeg, with a remedy."""
    heard = f"{said} {details}"
    fitting = [text for sign, text in _REMEDIES.items() if sign in heard]
    remedy = fitting[0] if fitting else "choose other settings"
    return errors.UserError(
        f"cannot write {path}: {remedy} (FFmpeg: {said}). The previous "
        "file is untouched"
    )
