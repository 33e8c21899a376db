"""The report of a build: one row a video, with a reason for each status."""

import csv
import os
from collections import Counter
from collections.abc import Iterable

from tfrecords_tools import shard_writer
from tfrecords_tools.base import atomic_write
from tfrecords_tools.media import video_names

FILE_NAME = "report.csv"
COLUMNS = ("path", "status", "reason", "frames", "seconds")

Row = dict[str, str | int | float]


def rows(outcomes: Iterable[shard_writer.Outcome]) -> list[Row]:
    """One row a video, sorted by path; clips of one video are summed."""
    of_path: dict[str, list[shard_writer.Outcome]] = {}
    for outcome in outcomes:
        of_path.setdefault(outcome.clip.path, []).append(outcome)
    return [_row(path, of_path[path]) for path in sorted(of_path)]


def write(path: str | os.PathLike, table: list[Row]) -> None:
    """Writes the report whole or not at all."""
    with atomic_write.file(path, "w") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def summary(table: list[Row]) -> str:
    """`26 ok, 1 empty, 1 truncated`, the good ones first."""
    counts = Counter(row["status"] for row in table)
    order = sorted(counts, key=lambda status: (status != "ok", status))
    return ", ".join(f"{counts[status]} {status}" for status in order)


def _row(path: str, clips: list[shard_writer.Outcome]) -> Row:
    failed = [clip for clip in clips if clip.status != "ok"]
    status, reason = _judged(path, (failed or clips)[0])
    if failed and len(clips) > 1:
        reason = f"{len(failed)} of {len(clips)} clips: {reason}"
    return {
        "path": path,
        "status": status,
        "reason": reason,
        "frames": sum(clip.frames for clip in clips),
        "seconds": round(sum(clip.seconds for clip in clips), 3),
    }


def _judged(path: str, outcome: shard_writer.Outcome) -> tuple[str, str]:
    failed = outcome.status not in ("ok", "missing")
    if failed and not video_names.is_likely(path):
        return "skipped", f"not a video's name, and {outcome.reason}"
    return outcome.status, outcome.reason
