"""What a file says about its video, for reports and records."""

import dataclasses
from typing import Any

import av

from tfrecords_tools.media import video_file
from tfrecords_tools.media.frames import frame_orientation

_HDR = (16, 18)  # Transfer functions PQ and HLG, ITU-T H.273.


@dataclasses.dataclass(frozen=True)
class Facts:
    """What a file says about its video.

    Attributes:
        codec: FFmpeg's name of it.
        width: of a coded frame, before it is turned, pixels.
        height: the same.
        frame_rate: frames a second, the average; 0 where unknown.
        rotation: degrees counter-clockwise that the picture is to be turned,
            of 0, 90, 180 and 270; after left and right were exchanged where
            it is `mirrored`.
        variable_rate: whether frames stand at uneven distances.
        seconds: stated or estimated duration; 0 where unknown.
        remarks: what else may surprise, such as "10 bit" or "HDR".
        mirrored: whether the coded picture is to be mirrored.
    """

    codec: str
    width: int
    height: int
    frame_rate: float
    rotation: int
    variable_rate: bool
    seconds: float
    remarks: tuple[str, ...] = ()
    mirrored: bool = False

    def __str__(self) -> str:
        words = [self.codec, f"{self.width}x{self.height}"]
        words += [f"{self.frame_rate:.4g} fps"] if self.frame_rate else []
        words += ["mirrored"] if self.mirrored else []
        words += [f"rotated {self.rotation}"] if self.rotation else []
        words += ["variable rate"] if self.variable_rate else []
        return ", ".join([*words, *self.remarks])


def of(video: video_file.VideoFile, first: Any) -> Facts:
    """Tells about a video, given its first decoded `av.VideoFrame`."""
    bits = max(part.bits for part in first.format.components)
    remarks = [f"{bits} bit"] if bits > 8 else []
    remarks += ["HDR"] if first.color_trc in _HDR else []
    remarks += ["interlaced"] if first.interlaced_frame else []
    orientation = frame_orientation.of(first)
    if frame_orientation.is_ignored(first):
        remarks.append("odd display matrix ignored")
    if video.aspect != 1:
        shape = video.aspect.as_integer_ratio()
        remarks.append("pixels {}:{}".format(*shape))
    return Facts(
        codec=video.stream.codec_context.codec.canonical_name,
        width=first.width,
        height=first.height,
        frame_rate=video.frame_rate,
        rotation=orientation.rotation,
        variable_rate=_is_uneven(video.stream),
        seconds=(video.container.duration or 0) / av.time_base,
        remarks=tuple(remarks),
        mirrored=orientation.mirrored,
    )


def _is_uneven(stream: Any) -> bool:
    """Whether the clock that fits all frames is not that of their average."""
    if not stream.average_rate or not stream.base_rate:
        return False
    ratio = float(stream.base_rate / stream.average_rate)
    # Twice the rate is the clock of fields, as in MPEG.
    return min(abs(ratio - 1), abs(ratio - 2)) > 0.02
