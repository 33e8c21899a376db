"""The report of a build: one row per video, with a reason for each status.

It also records the split of each video, for builds that add data, and its
group, for cross-validation.
"""

import csv
import os
from collections import Counter
from collections.abc import Iterable, Sequence

from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.building import shard_journal
from tfrecords_tools.media import video_names
from tfrecords_tools.video_analysis import disjoint_sets

COLUMNS = ("path", "split", "group", "status", "reason", "frames", "seconds")

Row = dict[str, str | int | float]


def rows(
    outcomes: Iterable[shard_journal.Outcome],
    copies: dict[str, str] | None = None,
) -> list[Row]:
    """Returns one row per video, sorted by path; sums over its clips.

    Args:
        outcomes: of all clips.
        copies: path to text of the column `duplicates`; None: no column.
    """
    of_path: dict[str, list[shard_journal.Outcome]] = {}
    groups = disjoint_sets.DisjointSets()
    for outcome in outcomes:
        clips = of_path.setdefault(outcome.clip.path, [])
        clips.append(outcome)
        # A video of two groups joins them.
        groups.join([clips[0].clip.group, outcome.clip.group])
    return [
        _row(path, of_path[path])
        | {"group": groups.first(of_path[path][0].clip.group) or path}
        | ({} if copies is None else {"duplicates": copies.get(path, "")})
        for path in sorted(of_path)
    ]


def write(path: str | os.PathLike, table: list[Row]) -> None:
    """Writes the report whole or not at all.

    Each cleaning step has a column of its name.
    """
    with atomic_write.file(path, "w") as stream:
        columns = dict.fromkeys([*COLUMNS, *(c for row in table for c in row)])
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        # Readers treat a bare carriage return as the end of a row.
        quoted = csv.DictWriter(
            stream, columns, lineterminator="\n", quoting=csv.QUOTE_ALL
        )
        writer.writeheader()
        for row in table:
            bare = any("\r" in str(value) for value in row.values())
            (quoted if bare else writer).writerow(row)


def summary(table: list[Row]) -> str:
    """Returns `26 ok, 1 empty, 1 truncated`, ok first."""
    counts = Counter(row["status"] for row in table)
    order = sorted(counts, key=lambda status: (status != "ok", status))
    return ", ".join(f"{counts[status]} {status}" for status in order)


def _row(path: str, clips: list[shard_journal.Outcome]) -> Row:
    failed = [clip for clip in clips if clip.status != "ok"]
    status, reason = _judged(path, (failed or clips)[0])
    if failed and len(clips) > 1:
        reason = f"{len(failed)} of {len(clips)} clips: {reason}"
    steps = dict.fromkeys(step for clip in clips for step in clip.columns)
    return {
        "path": path,
        "split": clips[0].clip.split,
        "group": "",  # See `rows`.
        "status": status,
        "reason": reason,
        "frames": sum(clip.frames for clip in clips),
        "seconds": round(sum(clip.seconds for clip in clips), 3),
        **{step: _column_text(step, clips) for step in steps},
    }


def _column_text(step: str, clips: list[shard_journal.Outcome]) -> str:
    texts = dict.fromkeys(clip.columns.get(step, "") for clip in clips)
    return "; ".join(text for text in texts if text)


def splits(path: str | os.PathLike) -> dict[str, str]:
    """Reads the split of each video that has one from a report."""
    try:
        with open(path, newline="", encoding="utf-8") as stream:
            rows = csv.DictReader(stream)
            return {row["path"]: row["split"] for row in rows if row["split"]}
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise errors.UserError(
            f"cannot read {path}, which records the split of each video "
            f"({error!r}): restore it, or add --replace to draw again"
        ) from error


def groups_of(folder: str | os.PathLike, videos: Sequence[str]) -> list[str]:
    """Returns the group of each video; its path if the report records none.

    Reports of earlier versions record none; a copied data set may lack its
    report.

    Args:
        folder: of the shards.
        videos: paths as in the report.
    """
    path = os.path.join(folder, manifests.REPORT)
    group_of = {}
    try:
        with open(path, newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                group_of[row["path"]] = row["group"]
    except (OSError, KeyError, ValueError, csv.Error):
        return list(videos)
    return [group_of.get(video) or video for video in videos]


def _judged(path: str, outcome: shard_journal.Outcome) -> tuple[str, str]:
    failed = outcome.status not in ("ok", "missing")
    is_video = outcome.clip.is_video or video_names.is_likely(path)
    if failed and not is_video:
        return "skipped", f"not a video's name, and {outcome.reason}"
    return outcome.status, outcome.reason
