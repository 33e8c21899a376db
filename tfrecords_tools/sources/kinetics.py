"""Kinetics-400, -600 and -700: annotation CSVs and downloaded videos.

Source: Kay et al., arXiv:1705.06950; Carreira et al., arXiv:1808.01340 and
arXiv:1907.06987. The CSVs have the columns label (not in some test files),
youtube_id, time_start, time_end, split and, in older ones, is_cc; the first
release wrote `YouTube Identifier,Start time,End time,Class label`.

A video is anywhere below the input: `<id>_000012_000022.mp4`, cut to its
span, or the whole `<id>.mp4`, from which the span is read. Missing videos are
no error: they are counted and optionally listed.
"""

import csv
import dataclasses
import os
import pathlib
import sys

from tfrecords_tools import annotations
from tfrecords_tools.base import atomic_write, errors, settings
from tfrecords_tools.base.files import folder_files
from tfrecords_tools.base.text import names
from tfrecords_tools.media import video_names
from tfrecords_tools.source_parsing import (
    annotation_text,
    kinetics_rows,
    odd_names,
)

_MISSING = ("label", "youtube_id", "time_start", "time_end", "split")


@dataclasses.dataclass(frozen=True)
class Config:
    """Which annotations and classes to read."""

    annotations: tuple[str, ...] = settings.setting(
        (),
        "Annotation CSVs, comma-separated. Unset: files with train, val, "
        "validate or test in their names, in the input or one folder below "
        "it.",
    )
    label_list: str | None = settings.setting(
        None,
        "File with the classes to keep, one per line; underscores match "
        "spaces. Also drops rows without a label. Unset: all classes.",
    )
    missing: str | None = settings.setting(
        None, "CSV file to write with the rows whose videos are missing."
    )


def list_clips(config: Config, input: str) -> list[annotations.Clip]:
    """Reads the annotations and finds their videos.

    Args:
        config: annotations and classes.
        input: the folder of the videos, or one annotation CSV in it.

    Returns:
        Clips whose videos exist, in the order of the rows.

    Raises:
        UserError: no annotations, faulty rows (lists all of them), a class
            of the list without rows, or no video at all.
    """
    return _listed(config, input)[0]


def list_all(config: Config, input: str) -> list[annotations.Clip]:
    """Same as `list_clips`, followed by rows without a video (`absent`)."""
    clips, missing = _listed(config, input)
    return clips + [
        annotations.Clip(
            f"{_cut_name(row)}.mp4",
            row.label,
            row.split,
            row.id,
            origin=row.origin,
            absent=f"no such file, nor {row.id}.mp4 ({row.origin})",
        )
        for row in missing
    ]


def _listed(
    config: Config, input: str
) -> tuple[list[annotations.Clip], list[kinetics_rows.Row]]:
    root = pathlib.Path(input)
    given = config.annotations
    if root.is_file():
        root, given = root.parent, (*given, input)
    faults: list[str] = []
    rows = [
        row
        for path in given or _found(root, config)
        for row in kinetics_rows.read(path, faults)
    ]
    if config.label_list:
        rows = kinetics_rows.keep(rows, config.label_list, faults)
    annotation_text.raise_all(faults)
    clips, missing = _looked_for(root, rows)
    _tell(config, root, clips, missing)
    return clips, missing


def _found(root: pathlib.Path, config: Config) -> list[pathlib.Path]:
    listing = config.missing and os.path.realpath(config.missing)
    found = [
        path
        for pattern in ("*.csv", "*/*.csv")
        for path in sorted(root.glob(pattern))
        if kinetics_rows.split_in_name(path)
        and not any(p[0] == "." for p in path.relative_to(root).parts)
        and path.is_file()
        and os.path.realpath(path) != listing
    ]
    if not found:
        raise errors.UserError(
            f"--input={root}: no annotations such as train.csv there: set "
            "them with --kinetics.annotations=FILE,FILE"
        )
    return found


def _looked_for(
    root: pathlib.Path, rows: list[kinetics_rows.Row]
) -> tuple[list[annotations.Clip], list[kinetics_rows.Row]]:
    """Returns the existing clips, and the rows without a video."""
    clips, missing = [], []
    with odd_names.Opener(root) as opener:
        index = _Index(folder_files.below(root), opener)
        for row in rows:
            clip = index.clip(row)
            if clip:
                clips.append(clip)
            else:
                missing.append(row)
    return clips, missing


def _cut_name(row: kinetics_rows.Row) -> str:
    return f"{row.id}_{int(row.start):06d}_{int(row.end):06d}"


class _Index:
    """Index of the videos, by name without suffix."""

    def __init__(
        self, files: list[pathlib.PurePath], opener: odd_names.Opener
    ) -> None:
        self._opener = opener
        self._paths: dict[str, list[pathlib.PurePath]] = {}
        for path in files:
            stem = names.normalized(path.stem)
            self._paths.setdefault(stem, []).append(path)

    def clip(self, row: kinetics_rows.Row) -> annotations.Clip | None:
        """Returns the clip of a row; None if its video is missing."""
        cut = self._chosen(_cut_name(row), row)
        path = cut or self._chosen(row.id, row)
        if path is None:
            return None
        return annotations.Clip(
            path.as_posix(),
            row.label,
            row.split,
            row.id,
            *((None, None) if cut else (row.start, row.end)),
            origin=row.origin,
        )

    def _chosen(
        self, name: str, row: kinetics_rows.Row
    ) -> pathlib.PurePath | None:
        """Of several videos, prefers the one in folders of class and split."""

        def agreeing(path: pathlib.PurePath) -> tuple[bool, int]:
            folders = path.parts[:-1]
            return path.stem == name, sum(
                kinetics_rows.plain(folder) == kinetics_rows.plain(row.label)
                or annotations.canonical_split(folder) == row.split
                for folder in folders
            )

        named = self._paths.get(names.normalized(name), [])
        found = [path for path in named if video_names.is_likely(path.name)]
        found = found or [p for p in named if self._opener.is_video(p)]
        return max(found, key=agreeing) if found else None


def _tell(
    config: Config,
    root: pathlib.Path,
    clips: list,
    missing: list[kinetics_rows.Row],
) -> None:
    """Lists and counts the missing videos."""
    total = len(clips) + len(missing)
    where = "name a file with --kinetics.missing=FILE to list them"
    if config.missing:
        with atomic_write.file(config.missing, "w") as stream:
            table = csv.writer(stream, lineterminator="\n")
            table.writerow(_MISSING)
            for row in missing:
                times = f"{row.start:.10g}", f"{row.end:.10g}"
                table.writerow((row.label, row.id, *times, row.split))
        where = f"list: {config.missing}"
    if missing and not clips:
        raise errors.UserError(
            f"none of the {total} videos is in {root}: wanted files such as "
            f"{missing[0].id}.mp4 or {_cut_name(missing[0])}.mp4"
        )
    if missing:
        print(
            f"kinetics: {len(missing)} of {total} videos are missing; {where}",
            file=sys.stderr,
        )
