"""Deinterlaces clips whose frames weave the fields of two times.

One frame comes out per frame: count and times stay.
"""

import collections
import dataclasses
import math

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import settings
from tfrecords_tools.media import video_metadata
from tfrecords_tools.media.frames import analysis_frames, filters

# Of each frame alone: the verdict over several keeps a first mistake.
_NOTE = "lavfi.idet.single.current_frame"
# FFmpeg's own 1.04 takes some progressive video of the real world, noisy or
# of 10 bits, for interlaced.
_IDET = "idet=intl_thres=1.3"
_FIELDS = {"tff": ("top field first",), "bff": ("bottom field first",)}


@dataclasses.dataclass(frozen=True)
class Config:
    """When to deinterlace, and with which filter."""

    when: str = settings.setting(
        "auto",
        "auto: clips that the file flags as interlaced, or with combing "
        "(FFmpeg's idet) in at least a quarter of the moving frames; "
        "always: every clip.",
        choices=("auto", "always"),
    )
    method: str = settings.setting(
        "bwdif",
        "FFmpeg filter; bwdif keeps more detail than yadif.",
        choices=("bwdif", "yadif"),
    )


def build(config: Config) -> cleaning_step.Step:
    """Returns the step for one clip.

    Raises:
        UserError: FFmpeg lacks a filter.
    """
    for name in (config.method, "idet"):
        filters.require(name, "install PyAV from PyPI")
    filters.require_notes("use a newer Python, or remove deinterlace")
    return _Deinterlace(config)


class _Deinterlace(cleaning_step.Step):
    place = 10
    frames_per_second = (
        math.inf
    )  # Fields are compared between successive frames.
    measures = (_IDET,)

    def __init__(self, config: Config) -> None:
        self._config = config
        self._seen: collections.Counter[str] = collections.Counter()
        self._flagged = 0

    def examine(self, frame: analysis_frames.AnalysisFrame) -> None:
        self._seen[frame.notes.get(_NOTE, "undetermined")] += 1
        self._flagged += frame.interlaced

    def verdict(
        self, metadata: video_metadata.VideoMetadata
    ) -> cleaning_step.Verdict:
        top, bottom = self._seen["tff"], self._seen["bff"]
        moving = top + bottom + self._seen["progressive"]
        combed = top + bottom > 0 and top + bottom >= moving / 4
        flagged = self._flagged * 2 >= self._seen.total() > 0
        if not (combed or flagged or self._config.when == "always"):
            return cleaning_step.Verdict("progressive")
        # Detection overrides the flags of the file, which are often lost or
        # swapped. With auto, FFmpeg uses the flags.
        parity = "auto"
        if combed and max(top, bottom) > 3 * min(top, bottom):
            parity = "tff" if top > bottom else "bff"
        which = "all"
        if flagged and self._config.when == "auto":
            which = "interlaced"
        found = [_found(combed, flagged), *_FIELDS.get(parity, ())]
        method = self._config.method
        options = f"mode=send_frame:parity={parity}:deint={which}"
        return cleaning_step.Verdict(
            f"{', '.join(found)}: {method}", filters=(f"{method}={options}",)
        )


def _found(combed: bool, flagged: bool) -> str:
    if flagged:
        return "flagged interlaced"
    return "interlaced" if combed else "progressive"
