"""Command: frames a second of ours, of DMVR's way and of decoding alone.

Run as `python -m tests.benchmarks.encode_speed --videos=rendered --rounds=5`
with nothing else on the machine; encoding/requirements.txt says what it
needs beside the package. All contenders run in turns, each on all cores, and
take videos
from one list. Processes are started and have imported everything before the
clock runs, but for "the command", which is timed as a user starts it.
"""

import concurrent.futures
import dataclasses
import functools
import multiprocessing
import os
import pathlib
import shutil
import statistics
import time
from collections.abc import Callable

import av
import cv2

from tests.benchmarks.encoding import (
    build_command,
    contenders,
    dmvr_peer,
    rendered_videos,
)
from tests.benchmarks.input import video_list
from tests.benchmarks.measuring import tables
from tfrecords_tools.base import flags, settings

RENDERED = {"340x256": (340, 256), "1280x720": (1280, 720)}
PEER = "DMVR's command line, records"


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    videos: str = settings.setting(
        "rendered",
        "`rendered`, or folders of videos, with commas between.",
    )
    rounds: int = settings.setting(5, "How often each runs.", minimum=1)
    work: str = settings.setting(
        "/tmp/encode_speed", "Folder for rendered videos and shards."
    )
    count: int = settings.setting(12, "Videos to render.", minimum=1)
    seconds: float = settings.setting(
        8, "Length of a rendered video.", minimum=0.1
    )
    repeat: int = settings.setting(
        5, "Names that each video stands under.", minimum=1
    )
    short_side: int = settings.setting(256, "Pixels.", minimum=8)
    workers: int = settings.setting(
        os.cpu_count() or 1, "Processes of each contender.", minimum=1
    )


def run(resolved: flags.Resolved) -> None:
    """Measures and prints a table for each set of videos."""
    own = resolved.settings
    print(tables.versions("av", "simplejpeg", "opencv-python-headless"))
    print(f"ours: FFmpeg {av.ffmpeg_version_info}, JPEG quality 90")
    words = dmvr_peer.command(pathlib.Path("VIDEO"), 8, 30, own.short_side)
    print(f"peer: FFmpeg {dmvr_peer.version()}, {' '.join(words[1:])}")
    print("goals: 2.3 times DMVR's at 340x256, 1.5 times from 1280x720")
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(
        own.workers, context, _warm
    ) as pool:
        list(pool.map(time.sleep, [1] * own.workers))  # All have started.
        for name, folder in _sets(own).items():
            print(f"\n### {name}, short side {own.short_side}\n")
            _measure(own, pool, pathlib.Path(folder))


def _sets(own: Config) -> dict[str, str]:
    if own.videos != "rendered":
        return {f"files of {path}": path for path in own.videos.split(",")}

    def folder(name: str) -> str:
        return f"{name}_{own.count}x{own.seconds:g}s"

    for name, size in RENDERED.items():
        for number in range(own.count):
            rendered_videos.write(
                pathlib.Path(own.work, folder(name), f"{number:03}.mp4"),
                *size,
                own.seconds,
                number,
            )
    return {name: f"{own.work}/{folder(name)}" for name in RENDERED}


def _measure(
    own: Config,
    pool: concurrent.futures.Executor,
    folder: pathlib.Path,
) -> None:
    usable = video_list.usable(folder, own.short_side)
    together = pathlib.Path(own.work, "videos")
    videos = video_list.linked(usable * own.repeat, together)
    scratch = pathlib.Path(own.work, "peer")
    scratch.mkdir(exist_ok=True)
    quality = video_list.quality_like_ours(usable[:4])
    same = f"the same with -q:v {quality}"
    jobs = {
        "ours, the command": functools.partial(
            build_command.build, together, own.workers, own.short_side
        ),
        "ours, the reader": _pooled(pool, contenders.read, videos),
        PEER: _pooled(
            pool,
            functools.partial(contenders.record, folder=str(scratch)),
            videos,
        ),
        f"{same}, records": _pooled(
            pool,
            functools.partial(
                contenders.record, folder=str(scratch), quality=quality
            ),
            videos,
        ),
        "DMVR's command line, JPEGs only": _pooled(
            pool, contenders.extract, videos
        ),
        "decoding alone": _pooled(pool, contenders.decode, videos),
    }
    seconds, out = _in_turns(jobs, own.rounds)
    shutil.rmtree(scratch)
    print(_table(seconds, out))


def _warm() -> None:
    import tensorflow  # noqa: F401

    cv2.setNumThreads(1)


def _pooled(
    pool: concurrent.futures.Executor,
    work: Callable[[contenders.Video], contenders.Yield],
    videos: list[contenders.Video],
) -> Callable[[], contenders.Yield]:
    def run() -> contenders.Yield:
        return contenders.Yield(
            *map(sum, zip(*pool.map(work, videos), strict=True))
        )

    return run


def _in_turns(
    jobs: dict[str, Callable[[], contenders.Yield]], rounds: int
) -> tuple[dict[str, list[float]], dict[str, contenders.Yield]]:
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    out = {}
    for number in range(rounds):
        names = list(jobs)
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            start = time.perf_counter()
            out[name] = jobs[name]()
            seconds[name].append(time.perf_counter() - start)
    return seconds, out


def _table(
    seconds: dict[str, list[float]], out: dict[str, contenders.Yield]
) -> str:
    speeds = {
        name: [out[name].frames / each for each in taken]
        for name, taken in seconds.items()
    }
    medians = {name: statistics.median(speeds[name]) for name in speeds}
    rows = [
        [
            name,
            f"{medians[name]:,.0f}",
            f"{min(speeds[name]):,.0f}",
            f"{max(speeds[name]):,.0f}",
            f"{medians[name] / medians[PEER]:.2f}",
            f"{out[name].frames:,}",
            f"{out[name].size / out[name].frames / 1000:.1f}",
        ]
        for name in seconds
    ]
    head = "|frames/s|lowest|highest|times DMVR's|frames|kB a frame"
    return tables.markdown(head.split("|"), rows)


COMMAND = flags.Command(
    summary="Measures how fast videos become JPEGs.", settings=Config
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
