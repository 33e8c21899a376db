"""Command: peak memory and speed while videos are enhanced.

Run as `python -m tests.benchmarks.enhance_memory`. A ten times longer video
should need no more memory. Without a model each pixel is repeated, which
shows what reading and writing cost.
"""

import dataclasses
import pathlib
import sys

from launch.commands import enhance
from launch.enhancement import enhancer
from tests.benchmarks import long_video
from tests.benchmarks.measuring import process_memory, tables
from tests.launch import enhancers
from tfrecords_tools.base import flags, settings

ROOT = pathlib.Path(__file__).parents[2]


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    minutes: tuple[float, ...] = settings.setting(
        (1.0, 10.0), "Lengths of the videos."
    )
    height: int = settings.setting(
        144, "Pixels of the input, of 16:9.", minimum=16
    )
    model: str | None = settings.setting(
        None, "An exported network. Not given: pixels are repeated."
    )
    factor: int = settings.setting(
        2, "How many times larger, without a model.", minimum=1
    )
    frames: int = settings.setting(
        5, "Frames seen at once, without a model.", minimum=3
    )
    work: str = settings.setting("/tmp/enhance_memory", "Folder for videos.")
    more: str = settings.setting("", "Further flags of launch.enhance.")
    source: str | None = settings.setting(
        None, "Enhances this video, and measures nothing."
    )


def run(resolved: flags.Resolved) -> None:
    """Renders, enhances and prints a table."""
    own = resolved.settings
    if own.source:
        _enhance(own)
        return
    rows = [_row(own, minutes) for minutes in own.minutes]
    print(tables.versions("av", "opencv-python-headless", "tensorflow"))
    head = "video|seconds|frames|ms a frame|output MB|peak MiB"
    print(tables.markdown(head.split("|"), rows))


def _row(own: Config, minutes: float) -> list[str]:
    name = f"{minutes:g}min_{own.height}p"
    path = pathlib.Path(own.work, f"{name}.mkv")
    long_video.write(path, minutes, own.height, own.work)
    given = [f"--source={path}", f"--height={own.height}"]
    given += [f"--work={own.work}", f"--more={own.more}"]
    given += [f"--factor={own.factor}", f"--frames={own.frames}"]
    given += [f"--model={own.model}"] if own.model else []
    module = "tests.benchmarks.enhance_memory"
    measured = process_memory.run([sys.executable, "-m", module, *given], ROOT)
    made = _output(own)
    frames = round(60 * minutes * long_video.FRAME_RATE)
    row = [
        name,
        f"{measured.seconds:.0f}",
        f"{frames:,}",
        f"{1000 * measured.seconds / frames:.2f}",
        f"{made.stat().st_size / 1e6:.1f}",
        f"{measured.peak / 2**20:.0f}",
    ]
    made.unlink()
    return row


def _enhance(own: Config) -> None:
    if not own.model:
        overlap = own.frames // 4
        made = enhancers.Nearest(own.factor, own.frames, overlap)
        enhancer.load = lambda path: made
    given = [f"--model={own.model or 'none'}", f"--video={own.source}"]
    given += [f"--output={_output(own)}", *own.more.split()]
    enhance.main(flags.parse(enhance.COMMAND, given))


def _output(own: Config) -> pathlib.Path:
    return pathlib.Path(own.work, "enhanced.mp4")


COMMAND = flags.Command(
    summary="Measures memory and speed while videos are enhanced.",
    settings=Config,
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
