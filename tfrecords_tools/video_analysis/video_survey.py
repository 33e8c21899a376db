"""Surveys one video as a whole, before any of it is cut or stored.

One pass over the file finds its start and end, its shot boundaries, and its
fingerprint. Memory does not grow with its length.
"""

import dataclasses
import hashlib
import os
from collections.abc import Iterator
from typing import Any

from tfrecords_tools.base import errors, registry
from tfrecords_tools.media import image_folder, presented_span, video_file
from tfrecords_tools.media.frames import thumbnails
from tfrecords_tools.video_analysis import shot_boundaries, video_fingerprint

_STEP = 500  # Frames between signs of life.
_SHORT_SIDE = 64  # Pixels, without shot detection.


@dataclasses.dataclass(frozen=True)
class Needs:
    """What a survey of a video must find out.

    Attributes:
        duration: start and end of the video.
        shots: how to detect shots; None: no detection.
        copies: checksum and fingerprint.
    """

    duration: bool = False
    shots: shot_boundaries.Config | None = None
    copies: bool = False

    def __bool__(self) -> bool:
        return self.duration or self.shots is not None or self.copies


@dataclasses.dataclass(frozen=True)
class Survey:
    """Result of a survey.

    Attributes:
        status: "ok", or the status of the `VideoError` that ended the survey;
            other fields are empty then.
        reason: why it ended.
        begin: start of the first frame, microseconds.
        end: end of the last frame, microseconds.
        shots: starts of all shots except the first, microseconds, in order.
        sha256: of the file's bytes, in hexadecimal.
        fingerprint: of its frames.
    """

    status: str = "ok"
    reason: str = ""
    begin: int | None = None
    end: int | None = None
    shots: tuple[int, ...] = ()
    sha256: str = ""
    fingerprint: video_fingerprint.Fingerprint | None = None

    def within(self, start: int, end: int | None) -> tuple[int, int]:
        """Clips [start, end) to the frames of the video."""
        last = self.end if end is None else min(end, self.end)
        return max(start, self.begin), last


def collect_needs(cutter: registry.Chosen, copies: bool = False) -> Needs:
    """Returns what a file of `cutting` and the search for copies need."""
    needs = cutter.module.NEEDS
    return Needs(
        duration="duration" in needs,
        shots=cutter.config if "shots" in needs else None,
        copies=copies,
    )


def examine(path: str | os.PathLike, needs: Needs, max_pixels: int) -> Survey:
    """Surveys one video.

    Args:
        path: a local video file.
        needs: what to find out.
        max_pixels: frames with more are refused.

    Returns:
        The result; the status of an unreadable video is not "ok".
    """
    *_, survey = examine_in_steps(path, needs, max_pixels)
    return survey


def examine_in_steps(
    path: str | os.PathLike, needs: Needs, max_pixels: int
) -> Iterator[Survey | None]:
    """Same as `examine`, with signs of life.

    Yields:
        None every 500 frames, and last the survey.
    """
    try:
        found: dict[str, Any] = {}
        if needs.shots is not None or needs.copies:
            for found in _scanned(path, needs, max_pixels):
                if not found:
                    yield None
        elif needs.duration:
            found = _span(*presented_span.find(path, max_pixels))
        digest = _digest(path) if needs.copies else ""
    except video_file.VideoError as error:
        yield Survey(error.status, error.reason)
    except OSError as error:
        yield Survey("unreadable", f"cannot be read: {error.strerror}")
    except (MemoryError, errors.UserError):
        raise
    except Exception as error:  # One file must not end a long survey.
        yield Survey("crashed", repr(error))
    else:
        yield Survey(**found, sha256=digest)


def _scanned(
    path: str | os.PathLike, needs: Needs, max_pixels: int
) -> Iterator[dict[str, Any]]:
    """Yields empty dicts as signs of life, then the results."""
    shots = needs.shots and shot_boundaries.Finder(needs.shots)
    maker = video_fingerprint.Maker() if needs.copies else None
    side = shot_boundaries.SHORT_SIDE if shots else _SHORT_SIDE
    frames = thumbnails.read(path, max_pixels, short_side=side, color=True)
    begin, end = None, 0
    for number, (time, end_time, image) in enumerate(frames):
        begin, end = time if begin is None else begin, end_time
        if shots:
            shots.add(time, image)
        if maker:
            maker.add(time, end_time, image)
        if number % _STEP == _STEP - 1:
            yield {}
    yield {
        **_span(begin, end),
        "shots": shots.boundaries() if shots else (),
        "fingerprint": maker and maker.fingerprint(),
    }


def _span(begin: int | None, end: int) -> dict[str, Any]:
    return {"begin": begin, "end": end}


def _digest(path: str | os.PathLike) -> str:
    digest = hashlib.sha256()
    files = [path]
    if isinstance(path, image_folder.ImageFolder):
        names = image_folder.list_images(path)
        files = [os.path.join(path, name) for name in names]
    for file in files:
        with open(file, "rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
