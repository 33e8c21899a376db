"""Command: peak memory while sparse frames with audio become shards.

Run as `python -m tests.benchmarks.sparse_audio`. The goal is under 400 MiB
for an hour of which eight frames are picked, all processes together. Three
videos are made: a lecture with sound, a time-lapse without any, and one whose
sound is absent in parts. Each is built with every way to pick few frames.
"""

import dataclasses
import pathlib
import shutil
from fractions import Fraction

import av
import numpy as np

from tests.benchmarks.encoding import build_command
from tests.benchmarks.measuring import process_memory, tables
from tfrecords_tools.base import flags, settings

ROOT = pathlib.Path(__file__).parents[2]
SAMPLE_RATE = 16000
PICKS = (
    "--media.pick=different --media.picked=8",
    "--media.pick=key",
    "--media.frame_rate=0.002",
)
# By name: of every 10 minutes, those in which there is sound.
VIDEOS = {"lecture": range(10), "silent": range(0), "parts": range(3, 5)}


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    minutes: int = settings.setting(60, "Length of the videos.", minimum=1)
    work: str = settings.setting(
        "/tmp/sparse_audio", "Folder for videos and shards."
    )
    workers: int = settings.setting(2, "Processes of the command.", minimum=1)
    more: str = settings.setting("", "Further flags of the command.")


def run(resolved: flags.Resolved) -> None:
    """Writes videos, builds shards and prints a table."""
    own = resolved.settings
    rows = [_row(own, name, pick) for name in VIDEOS for pick in PICKS]
    print(tables.versions("av", "numpy", "protobuf"))
    head = "video|flags|seconds|frames|shards MB|processes|peak MiB"
    print(tables.markdown(head.split("|"), rows))
    print("goal: under 400 MiB")


def _row(own: Config, name: str, pick: str) -> list[str]:
    folder = pathlib.Path(own.work, f"{name}_{own.minutes}min")
    write(folder / "long.mkv", own.minutes, VIDEOS[name])
    output = pathlib.Path(own.work, "shards")
    shutil.rmtree(output, ignore_errors=True)
    flags_given = *pick.split(), f"--audio.rate={SAMPLE_RATE}"
    flags_given += (*own.more.split(),)
    words = build_command.words(folder, output, own.workers, *flags_given)
    measured = process_memory.run(words, ROOT)
    built = build_command.counted(output)
    shutil.rmtree(output)
    return [
        f"{name}, {own.minutes} min",
        pick,
        f"{measured.seconds:.0f}",
        f"{built.frames:,}",
        f"{built.size / 1e6:.1f}",
        str(measured.processes),
        f"{measured.peak / 2**20:.0f}",
    ]


def write(
    path: pathlib.Path, minutes: int, heard: range, tick: int = 10
) -> pathlib.Path:
    """Writes a picture every `tick` seconds, and sound in some minutes."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    generator = np.random.default_rng(3)
    with av.open(str(unfinished), "w", "matroska") as file:
        pictures = file.add_stream("mpeg4", rate=Fraction(1, tick))
        pictures.width, pictures.height = 320, 180
        pictures.options = {"g": "60"}
        track = None
        if len(heard):
            track = file.add_stream("pcm_s16le", rate=SAMPLE_RATE)
            track.layout = "mono"
        for second in range(60 * minutes):
            if second % tick == 0:
                _add_picture(file, pictures, second // tick, generator)
            if track is not None and second // 60 % 10 in heard:
                _add_sound(file, track, second, generator)
        file.mux(pictures.encode(None))
        if track is not None:
            file.mux(track.encode(None))
    unfinished.rename(path)
    return path


def _add_picture(file, stream, number: int, generator) -> None:
    slide = np.full((180, 320, 3), 40 + number // 7 * 29 % 180, np.uint8)
    slide[20:60, 20:100] = generator.integers(0, 255, 3)
    picture = av.VideoFrame.from_ndarray(slide)
    picture.pts = number
    file.mux(stream.encode(picture))


def _add_sound(file, stream, second: int, generator) -> None:
    samples = generator.integers(-9000, 9000, (1, SAMPLE_RATE), np.int16)
    frame = av.AudioFrame.from_ndarray(samples, "s16", "mono")
    frame.sample_rate, frame.pts = SAMPLE_RATE, second * SAMPLE_RATE
    frame.time_base = Fraction(1, SAMPLE_RATE)
    file.mux(stream.encode(frame))


COMMAND = flags.Command(
    summary="Measures the memory that audio of sparse frames takes.",
    settings=Config,
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
