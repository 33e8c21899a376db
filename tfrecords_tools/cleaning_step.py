"""Base class of the steps in `cleaning/`: each examines one clip.

A step first examines the clip, then returns a verdict; it changes nothing
itself.
"""

import dataclasses

from tfrecords_tools.media import video_metadata
from tfrecords_tools.media.frames import analysis_frames, frame_edits


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Findings of a step and the edits that it requests.

    Attributes:
        column: text for its column of the report, never empty.
        dropped: why the clip is dropped; empty if it is stored.
        filters: FFmpeg filters for the decoded frames.
        left_out: spans in microseconds that are not stored, sorted.
        retouches: functions of the stored planes, see `FrameEdits`.
    """

    column: str
    dropped: str = ""
    filters: tuple[str, ...] = ()
    left_out: tuple[tuple[int, int], ...] = ()
    retouches: tuple[frame_edits.Retouch, ...] = ()


class Step:
    """One cleaning step, applied to one clip.

    Attributes:
        place: order of the edits; lower numbers come first.
        frames_per_second: how often `examine` is called: 0 never, `math.inf`
            for every frame.
        measures: FFmpeg filters whose metadata `examine` reads.
        watches: whether `watch` is called.
    """

    place: int = 50
    frames_per_second: float = 0.0
    measures: tuple[str, ...] = ()
    watches: bool = False

    def examine(self, frame: analysis_frames.AnalysisFrame) -> None:
        """Receives the clip's decoded frames in order."""

    def watch(self, planes: frame_edits.Planes) -> None:
        """Receives every frame to be stored, after the edits of other steps.

        Costs a further pass over the clip. `planes` are those of a retouch.
        """

    def verdict(self, metadata: video_metadata.VideoMetadata) -> Verdict:
        """Returns the decision, after all frames were received."""
        raise NotImplementedError
