"""Command: milliseconds of one exact search in a large index.

Run as `python -m tests.benchmarks.features.search_speed`. The goal is 150 ms
for a million rows of 256. Searches are timed alone, and while as many other
processes as there are cores multiply matrices.
"""

import contextlib
import dataclasses
import multiprocessing
import os
import pathlib
import time
from collections.abc import Iterator

import numpy as np

from launch.embedding import nearest_rows
from tests.benchmarks.measuring import tables
from tfrecords_tools.base import flags, settings

_WRITTEN = 50_000  # Rows at a time.


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    rows: int = settings.setting(1_000_000, "Rows of the index.", minimum=1)
    size: int = settings.setting(256, "Values of a row.", minimum=1)
    windows: tuple[int, ...] = settings.setting(
        (1, 4, 16, 64), "Windows of the query video."
    )
    searches: int = settings.setting(20, "Searches of each number.", minimum=1)
    work: str = settings.setting("/tmp/search_speed", "Folder for the rows.")


COMMAND = flags.Command(
    summary="Measures the exact search of launch.search.", settings=Config
)


def run(resolved: flags.Resolved) -> None:
    """Prints a row for each number of windows."""
    own = resolved.settings
    rows = written(own)
    random = np.random.default_rng(1)
    cells = []
    for count in own.windows:
        queries = _units(random, count, own.size)
        alone = _measure(rows, queries, own.searches)
        with busy(os.cpu_count() or 1):
            beside = _measure(rows, queries, own.searches)
        cells.append([str(count), *alone, *beside])
    print(tables.versions("numpy", "opencv-python-headless"))
    print(f"{own.rows:,} rows of {own.size}, milliseconds: median (longest)")
    head = "windows|alone|CPU|cores busy|CPU"
    print(tables.markdown(head.split("|"), cells))


def written(own: Config) -> np.ndarray:
    """float16 [rows, size] of length 1, mapped from disk."""
    path = pathlib.Path(own.work, f"{own.rows}x{own.size}.npy")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shape = own.rows, own.size
        new = np.lib.format.open_memmap(path, "w+", np.float16, shape)
        random = np.random.default_rng(0)
        for first in range(0, own.rows, _WRITTEN):
            part = new[first : first + _WRITTEN]
            part[:] = _units(random, len(part), own.size)
        new.flush()
    return np.load(path, mmap_mode="r")


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """Other programs that multiply matrices."""
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_multiply) for _ in range(processes)]
    for each in others:
        each.start()
    time.sleep(2)
    try:
        yield
    finally:
        for each in others:
            each.terminate()
            each.join()


def _multiply() -> None:
    values = np.ones((500, 500), np.float32)
    while True:
        values @ values


def _units(random: np.random.Generator, rows: int, size: int) -> np.ndarray:
    values = random.normal(size=(rows, size)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def _measure(rows: np.ndarray, queries: np.ndarray, count: int) -> list[str]:
    """Median and longest time, and median time of all cores."""
    times = []
    for _ in range(count + 1):
        before = time.perf_counter(), time.process_time()
        nearest_rows.similarities(rows, queries)
        after = time.perf_counter(), time.process_time()
        times.append(np.subtract(after, before) * 1000)
    seconds, of_cores = np.transpose(times[1:])  # The first one reads the disk.
    middle, longest = np.median(seconds), seconds.max()
    return [f"{middle:.0f} ({longest:.0f})", f"{np.median(of_cores):.0f}"]


if __name__ == "__main__":
    flags.main(COMMAND, run)
