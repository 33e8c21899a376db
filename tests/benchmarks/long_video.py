"""Command: peak memory while a long video becomes shards.

Run as `python -m tests.benchmarks.long_video`. The goal is under 1 GiB for
one hour of 1080p, all processes together. Four seconds are rendered; their
packets are repeated, so that an hour takes seconds to write.
"""

import dataclasses
import os
import pathlib
import shutil
from fractions import Fraction

import av
import numpy as np

from tests.benchmarks.encoding import build_command, rendered_videos
from tests.benchmarks.measuring import process_memory, tables
from tfrecords_tools.base import flags, settings

ROOT = pathlib.Path(__file__).parents[2]
PIECE_SECONDS, FRAME_RATE, SAMPLE_RATE = 4, 30, 16000
# No packet may need another piece's: closed groups of pictures.
OPTIONS = {"preset": "veryfast", "crf": "30", "g": "60", "flags": "+cgop"}


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    minutes: float = settings.setting(
        60, "Length of the video of which a few frames are kept.", minimum=0.1
    )
    frame_rate: float = settings.setting(
        2, "Frames a second kept of it.", minimum=0.01
    )
    all_minutes: float = settings.setting(
        10, "Length of the video of which every frame is kept.", minimum=0
    )
    height: int = settings.setting(1080, "Pixels, of 16:9.", minimum=16)
    work: str = settings.setting(
        "/tmp/long_video", "Folder for videos and shards."
    )
    workers: int = settings.setting(
        os.cpu_count() or 1, "Processes of the command.", minimum=1
    )
    more: str = settings.setting("", "Further flags of the command.")


def run(resolved: flags.Resolved) -> None:
    """Renders, builds shards and prints a table."""
    own = resolved.settings
    runs = [(own.minutes, (f"--media.frame_rate={own.frame_rate:g}",))]
    runs += [(own.all_minutes, ())] if own.all_minutes else []
    rows = [_row(own, minutes, more) for minutes, more in runs]
    print(tables.versions("av", "simplejpeg", "opencv-python-headless"))
    head = "video|flags|seconds|frames|shards MB|processes|peak MiB"
    print(tables.markdown(head.split("|"), rows))
    print("goal: under 1024 MiB")


def _row(own: Config, minutes: float, more: tuple[str, ...]) -> list[str]:
    name = f"{minutes:g}min_{own.height}p"
    folder = pathlib.Path(own.work, name)
    video = write(folder / "long.mkv", minutes, own.height, own.work)
    output = pathlib.Path(own.work, "shards")
    shutil.rmtree(output, ignore_errors=True)
    flags_given = (*more, *own.more.split())
    words = build_command.words(folder, output, own.workers, *flags_given)
    measured = process_memory.run(words, ROOT)
    built = build_command.counted(output)
    shutil.rmtree(output)
    return [
        f"{name}, {video.stat().st_size / 1e6:.0f} MB",
        " ".join(flags_given) or "none",
        f"{measured.seconds:.0f}",
        f"{built.frames:,}",
        f"{built.size / 1e6:.0f}",
        str(measured.processes),
        f"{measured.peak / 2**20:.0f}",
    ]


def write(
    path: pathlib.Path, minutes: float, height: int, work: str
) -> pathlib.Path:
    """Writes a long mkv with sound by repeating the packets of a short one."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    width = height * 16 // 9 // 2 * 2
    piece = rendered_videos.write(
        pathlib.Path(work, f"piece_{height}p.mp4"),
        width,
        height,
        PIECE_SECONDS,
        frame_rate=FRAME_RATE,
        options=OPTIONS,
    )
    unfinished = path.with_suffix(".part")
    with (
        av.open(str(piece)) as source,
        av.open(str(unfinished), "w", "matroska") as file,
    ):
        stream = file.add_stream_from_template(source.streams.video[0])
        sound = file.add_stream("pcm_s16le", rate=SAMPLE_RATE, layout="mono")
        packets = [
            (bytes(one), one.pts, one.dts, one.is_keyframe, one.time_base)
            for one in source.demux(video=0)
            if one.size
        ]
        for number in range(round(minutes * 60 / PIECE_SECONDS)):
            _add_piece(file, stream, packets, number)
            _add_sound(file, sound, number)
        file.mux(sound.encode(None))
    unfinished.rename(path)
    return path


def _add_piece(file, stream, packets: list[tuple], number: int) -> None:
    for data, pts, dts, is_key, time_base in packets:
        packet = av.Packet(data)
        late = round(number * PIECE_SECONDS / time_base)
        packet.pts, packet.dts = pts + late, dts + late
        packet.time_base, packet.stream = time_base, stream
        packet.is_keyframe = is_key
        file.mux(packet)


def _add_sound(file, stream, number: int) -> None:
    count = PIECE_SECONDS * SAMPLE_RATE
    phase = np.arange(count) * (2 * np.pi * 440 / SAMPLE_RATE)
    samples = (8000 * np.sin(phase)).astype(np.int16)
    for start in range(0, count, 1600):
        piece = samples[None, start : start + 1600]
        frame = av.AudioFrame.from_ndarray(piece, "s16", "mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, number * count + start
        frame.time_base = Fraction(1, SAMPLE_RATE)
        file.mux(stream.encode(frame))


COMMAND = flags.Command(
    summary="Measures the memory that a long video takes.", settings=Config
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
