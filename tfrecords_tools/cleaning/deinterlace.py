"""Makes whole frames of those woven from the fields of two moments.

One frame comes out for one: the count and the times stay.
"""

import collections
import dataclasses
import math

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import settings
from tfrecords_tools.media import video_metadata
from tfrecords_tools.media.frames import analysis_frames, filters

# Each frame by itself: the verdict over several sticks to a first mistake.
_NOTE = "lavfi.idet.single.current_frame"
# FFmpeg's own 1.04 takes some progressive video of the real world, noisy or
# of 10 bits, for interlaced.
_IDET = "idet=intl_thres=1.3"
_FIELDS = {"tff": ("top field first",), "bff": ("bottom field first",)}


@dataclasses.dataclass(frozen=True)
class Config:
    """When to deinterlace, and by which method."""

    when: str = settings.setting(
        "auto",
        "auto: where the file says so, or FFmpeg's idet sees combs in at "
        "least a quarter of the frames that move; always: every clip.",
        choices=("auto", "always"),
    )
    method: str = settings.setting(
        "bwdif",
        "FFmpeg's filter; bwdif keeps more detail than yadif.",
        choices=("bwdif", "yadif"),
    )


def build(config: Config) -> cleaning_step.Step:
    """The step for one clip.

    Raises:
        UserError: FFmpeg lacks a filter.
    """
    for name in (config.method, "idet"):
        filters.require(name, "install PyAV from PyPI")
    filters.require_notes("use another Python, or leave out deinterlace")
    return _Deinterlace(config)


class _Deinterlace(cleaning_step.Step):
    place = 10
    frames_per_second = math.inf  # Fields are told apart from frame to frame.
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
        # What is seen counts more than the file's own word: flags are lost
        # and swapped on the way. FFmpeg goes by the flags with auto.
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
