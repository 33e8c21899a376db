"""Metadata that a file states about its video, for reports and records."""

import dataclasses
from typing import Any

import av

from tfrecords_tools.media import video_file
from tfrecords_tools.media.frames import frame_orientation

_HDR = (16, 18)  # Transfer functions PQ and HLG, ITU-T H.273.


@dataclasses.dataclass(frozen=True)
class VideoMetadata:
    """Metadata of one video stream.

    Attributes:
        codec: FFmpeg's name of the codec.
        width: of a coded frame, before rotation, pixels.
        height: the same.
        frame_rate: average frames per second; 0 if unknown.
        rotation: degrees counter-clockwise that make a coded frame upright:
            0, 90, 180 or 270. Applied after mirroring where `mirrored`.
        variable_rate: whether frames are unevenly spaced.
        seconds: stated or estimated duration; 0 if unknown.
        remarks: further properties, such as "10 bit" or "HDR".
        mirrored: whether left and right of a coded frame are exchanged.
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


def read_metadata(video: video_file.VideoFile, first: Any) -> VideoMetadata:
    """Returns a video's metadata, given its first decoded `av.VideoFrame`."""
    bits = max(part.bits for part in first.format.components)
    remarks = [f"{bits} bit"] if bits > 8 else []
    remarks += ["HDR"] if first.color_trc in _HDR else []
    remarks += ["interlaced"] if first.interlaced_frame else []
    orientation = frame_orientation.read_orientation(first)
    if frame_orientation.is_ignored(first):
        remarks.append("odd display matrix ignored")
    if video.aspect != 1:
        shape = video.aspect.as_integer_ratio()
        remarks.append("pixels {}:{}".format(*shape))
    return VideoMetadata(
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
