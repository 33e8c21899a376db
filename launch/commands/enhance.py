"""Enhances or enlarges a video with an exported network."""

import dataclasses
import pathlib
import time

from launch.enhancement import (
    enhanced_video,
    enhancer,
    frame_tiles,
    output_file,
)
from launch.reporting import reports
from tfrecords_tools.base import flags, settings
from tfrecords_tools.base.files import folder_lock
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import pixel_video, reader
from tfrecords_tools.media.writing import video_writer

_EVERY_SECONDS = 10.0


@dataclasses.dataclass(frozen=True)
class Config(enhanced_video.Config):
    """Model, input and output."""

    model: str = settings.setting(
        "", "Export of a super-resolution or style-transfer run."
    )
    video: str = settings.setting("", "Video file to read.", any_name=True)
    output: str = settings.setting(
        "",
        "Video file to write, .mp4 or .mkv; it appears once it is complete.",
        any_name=True,
    )


@dataclasses.dataclass(frozen=True)
class Media:
    """Limits of the input."""

    max_pixels: int = settings.setting(
        reader.Config.max_pixels,
        "Largest frame accepted, in pixels: a small file can hold a huge "
        "frame.",
        minimum=256,
    )


COMMAND = flags.Command(
    summary="Enhances a video with an exported network; keeps its audio.",
    settings=Config,
    sections={"tile": frame_tiles.Config, "media": Media},
    required=("model", "video", "output"),
)


def main(resolved: flags.Resolved) -> None:
    """Writes the video and prints its path."""
    config, tiles = resolved.settings, resolved.sections["tile"]
    output_file.check(config.output, config.video, video_writer.CONTAINERS)
    with folder_lock.held_for(config.output, instead="another --output"):
        _enhance(config, tiles, resolved.sections["media"].max_pixels)


def _enhance(
    config: Config, tiles: frame_tiles.Config, max_pixels: int
) -> None:
    began = time.monotonic()
    with pixel_video.PixelVideo(config.video, max_pixels) as video:
        print(f"{printable.name(config.video)}: {video.metadata}", flush=True)
        network = enhancer.load(config.model)
        progress = _Progress(video.metadata.seconds)
        result = enhanced_video.write(
            network, video, config.output, config, tiles, progress.update
        )
    for remark in result.remarks:
        print(remark)
    megabytes = pathlib.Path(config.output).stat().st_size / 1e6
    print(
        f"{printable.name(config.output)}: {result.width}x{result.height}, "
        f"{result.frames} frames, {reports.clock_tenths(result.seconds)} long, "
        f"{megabytes:.1f} MB, in {reports.clock(time.monotonic() - began)}"
    )


class _Progress:
    """Prints frames done, speed and time left from time to time."""

    def __init__(self, seconds: float) -> None:
        """`seconds` is the length of the video; 0 if unknown."""
        self._all = seconds
        self._began = self._shown = time.monotonic()

    def update(self, frames: int, seconds: float) -> None:
        """Prints a line if the last one is old enough."""
        now = time.monotonic()
        if now - self._shown < _EVERY_SECONDS:
            return
        self._shown, taken = now, now - self._began
        line = f"frame {frames}  {reports.clock(seconds)}"
        if self._all:
            line += f" of {reports.clock(self._all)}"
        line += f"  {frames / taken:.2f} frames/s"
        if self._all and seconds:
            left = taken * max(0.0, self._all / seconds - 1)
            line += f"  {reports.clock(left)} left"
        print(line, flush=True)
