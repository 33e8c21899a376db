"""Command: what a second of video costs, from few clips to many.

Run as `python -m tests.benchmarks.cost_per_clip`. Flat is the goal. The same
short videos stand under many names, so that rendering takes no time.
"""

import dataclasses
import os
import pathlib
import shutil
import statistics

from tests.benchmarks.encoding import build_command, rendered_videos
from tests.benchmarks.measuring import process_memory, tables
from tfrecords_tools.base import flags, settings

ROOT = pathlib.Path(__file__).parents[2]
LABELS, DIFFERENT = 10, 20


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    clips: str = settings.setting(
        "50,500,5000", "Numbers of clips, with commas between."
    )
    rounds: int = settings.setting(3, "How often each runs.", minimum=1)
    seconds: float = settings.setting(2, "Length of a clip.", minimum=0.1)
    work: str = settings.setting(
        "/tmp/cost_per_clip", "Folder for videos and shards."
    )
    workers: int = settings.setting(
        os.cpu_count() or 1, "Processes of the command.", minimum=1
    )
    more: str = settings.setting("", "Further flags of the command.")


def run(resolved: flags.Resolved) -> None:
    """Builds shards of each number of clips, in turns, and prints a table."""
    own = resolved.settings
    counts = [int(count) for count in own.clips.split(",")]
    folders = {count: _videos(own, count) for count in counts}
    taken: dict[int, list[process_memory.Measured]] = {n: [] for n in counts}
    for _ in range(own.rounds):
        for count in counts:
            output = pathlib.Path(own.work, "shards")
            shutil.rmtree(output, ignore_errors=True)
            words = build_command.words(
                folders[count], output, own.workers, *own.more.split()
            )
            taken[count].append(process_memory.run(words, ROOT))
            _check(output, count, own)
            shutil.rmtree(output)
    print(tables.versions("av", "simplejpeg", "opencv-python-headless"))
    print(_table(own, taken))


def _videos(own: Config, count: int) -> pathlib.Path:
    folder = pathlib.Path(own.work, f"{count}_clips")
    shutil.rmtree(folder, ignore_errors=True)
    for label in range(LABELS):
        (folder / f"label{label}").mkdir(parents=True)
    for number in range(count):
        kind = number % DIFFERENT
        path = pathlib.Path(own.work, "rendered", f"{own.seconds:g}_{kind}.mp4")
        rendered_videos.write(path, 340, 256, own.seconds, kind)
        name = f"label{number % LABELS}/{number:06}.mp4"
        build_command.link(path, folder / name)
    return folder


def _check(output: pathlib.Path, count: int, own: Config) -> None:
    found = build_command.counted(output).frames
    if found != count * round(30 * own.seconds):
        raise ValueError(f"{found} frames of {count} clips: some are missing")


def _table(own: Config, taken: dict[int, list[process_memory.Measured]]) -> str:
    costs = {
        count: [one.seconds / (count * own.seconds) for one in many]
        for count, many in taken.items()
    }
    first = statistics.median(next(iter(costs.values())))
    rows = [
        [
            f"{count:,}",
            f"{statistics.median(one.seconds for one in taken[count]):.1f}",
            *(
                f"{1000 * value:.2f}"
                for value in (statistics.median(cost), min(cost), max(cost))
            ),
            f"{statistics.median(cost) / first:.2f}",
            f"{max(one.peak for one in taken[count]) / 2**20:.0f}",
        ]
        for count, cost in costs.items()
    ]
    head = "clips|seconds in all|ms a video-second|lowest|highest"
    head += "|times the first|peak MiB"
    return tables.markdown(head.split("|"), rows)


COMMAND = flags.Command(
    summary="Measures what a second of video costs.", settings=Config
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
