"""Checks the rows of a clip list, before any video is opened.

All faults are reported at once, each with the origin of its row.
"""

import dataclasses
import math
import os
from collections.abc import Sequence

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import names, printable
from tfrecords_tools.source_parsing import annotation_text, video_root


def check(
    clips: list[annotations.Clip],
    root: str | os.PathLike | None = None,
    files: video_root.Config = video_root.Config(),
) -> list[annotations.Clip]:
    """Checks every row.

    Args:
        clips: the rows.
        root: folder that must contain every video; None: no check. Links
            within it are followed.
        files: whether links may leave it, and how rows without a video are
            handled.

    Returns:
        The clips in their order, each with normalized labels and group, the
        path of the file on disk (`a/b.mp4` for `./a//b.mp4`), and its
        canonical split if it has one; `splitting.splits.settle` assigns the
        others. Clips with `absent` are not built.

    Raises:
        UserError: lists every faulty row with its origin.
    """
    settled, problems = _examined(clips, root, files)
    if not clips:
        problems.append("no clips: the source listed nothing")
    if problems:
        raise errors.UserError("\n".join(problems))
    return settled


def faults(
    clips: list[annotations.Clip],
    root: str | os.PathLike | None = None,
    files: video_root.Config = video_root.Config(),
) -> list[str]:
    """Returns the faults that `check` reports, one line per faulty row."""
    return _examined(clips, root, files)[1]


class FaultyRows(errors.UserError):
    """A table with unreadable rows.

    Attributes:
        problems: their faults.
        clips: the other rows, unchecked.
        missing: faults of other rows without a video, as far as known.
    """

    def __init__(
        self,
        problems: list[str],
        clips: list[annotations.Clip],
        missing: Sequence[str] = (),
    ) -> None:
        super().__init__(problems, clips, missing)
        self.problems, self.clips, self.missing = problems, clips, missing

    def __str__(self) -> str:
        found = [*self.problems, *self.missing, *faults(self.clips)]
        return "\n".join(sorted(found, key=annotation_text.place_of))

    def all(
        self,
        root: str | os.PathLike | None = None,
        files: video_root.Config = video_root.Config(),
    ) -> list[str]:
        """Returns all faults, including the other rows, in line order."""
        found = self.problems + faults(self.clips, root, files)
        return sorted(found, key=annotation_text.place_of)


def _examined(
    clips: list[annotations.Clip],
    root: str | os.PathLike | None,
    files: video_root.Config,
) -> tuple[list[annotations.Clip], list[str]]:
    found, settled = [], []
    examiner = _Examiner(root, files)
    for clip in clips:
        clip, wrong = examiner.examined(clip)
        if wrong:
            place = printable.name(clip.origin or clip.path)
            found.append(f"{place}: {'; '.join(wrong)}")
        else:
            settled.append(clip)
    return settled, found


class _Examiner:
    """Checks rows in order; each path and label once."""

    def __init__(
        self, root: str | os.PathLike | None, files: video_root.Config
    ) -> None:
        self._root = video_root.VideoRoot(root, files)
        self._may_skip = files.missing == "skip"
        self._paths: dict[str, video_root.Found] = {}
        self._labels: dict[str, tuple[str, str]] = {}
        self._own_groups: dict[str, str] = {}
        self._taken: set[str] = set()
        self._spans: dict[tuple, annotations.Clip] = {}
        self._groups: dict[str, annotations.Clip] = {}
        self._videos: dict[str, annotations.Clip] = {}

    def examined(
        self, clip: annotations.Clip
    ) -> tuple[annotations.Clip, list[str]]:
        """Returns the normalized clip and its faults."""
        split = annotations.canonical_split(clip.split)
        if clip.absent:
            return dataclasses.replace(
                clip,
                label=annotations.stored_label(clip.label),
                split=split or "",
                group=names.normalized(clip.group) or clip.path,
            ), []
        if clip.path not in self._paths:
            self._paths[clip.path] = self._root.find(
                clip.path, clip.frame_rate is not None
            )
        found = self._paths[clip.path]
        absent = found.fault if found.is_missing and self._may_skip else ""
        wrong = [found.fault] if found.fault and not absent else []
        label = self._label(clip.label, wrong)
        for task in clip.tasks:
            self._label(task, wrong)
        tasks = {k: self._label(v, wrong) for k, v in clip.tasks.items()}
        if clip.start_seconds is not None or clip.end_seconds is not None:
            wrong += _span_faults(clip.start_seconds, clip.end_seconds)
        if clip.split and split is None:
            wrong.append(_unknown_split(clip.split))
        group = self._group(clip.group, found.path)
        clip = _with(clip, found.path, label, split or "", group, tasks, absent)
        if found.path and not absent:
            wrong += self._clashes(clip)
        return clip, wrong

    def _label(self, label: str, wrong: list[str]) -> str:
        """Returns the stored label; appends its faults to `wrong`."""
        if label not in self._labels:
            self._labels[label] = (
                annotations.stored_label(label),
                _label_fault(label),
            )
        stored, fault = self._labels[label]
        if fault:
            wrong.append(fault)
        return stored

    def _group(self, group: str, path: str) -> str:
        """Returns the normalized group; by default the video itself."""
        if group:
            return names.normalized(group)
        if path not in self._own_groups:
            name = names.normalized(path)
            # Names of two files may look equal and differ.
            self._own_groups[path] = path if name in self._taken else name
            self._taken.add(name)
        return self._own_groups[path]

    def _clashes(self, clip: annotations.Clip) -> list[str]:
        """Returns contradictions between the row and an earlier one."""
        wrong = []
        span = (clip.path, clip.start_seconds, clip.end_seconds)
        first = self._spans.setdefault(span, clip)
        if first is not clip:
            place = first.origin or first.path
            remedy = "remove one"
            if (first.caption, first.questions) != (
                clip.caption,
                clip.questions,
            ):
                remedy += ", or list its texts in one row, as a JSON list"
            wrong.append(f"the same clip is at {place}: {remedy}")
        for kind, key, known in (
            ("group", clip.group, self._groups),
            ("video", clip.path, self._videos),
        ):
            if not clip.split:
                continue
            first = known.setdefault(key, clip)
            if first.split != clip.split:
                wrong.append(
                    f"{kind} {printable.quoted(key)} is in "
                    f"{clip.split} here and in "
                    f"{first.split} at {first.origin or 'another row'}: give "
                    "it one split"
                )
                break
        return wrong


def _with(
    clip: annotations.Clip,
    path: str,
    label: str,
    split: str,
    group: str,
    tasks: dict[str, str],
    absent: str,
) -> annotations.Clip:
    now = (path, label, split, group, absent)
    if now == (clip.path, clip.label, clip.split, clip.group, clip.absent):
        if tasks == clip.tasks:
            return clip
    return annotations.Clip(
        path,
        label,
        split,
        group,
        clip.start_seconds,
        clip.end_seconds,
        clip.caption,
        clip.words,
        clip.tasks if tasks == clip.tasks else tasks,
        clip.origin,
        absent,
        clip.is_video,
        clip.frame_rate,
        clip.captions,
        clip.questions,
    )


def _label_fault(label: str) -> str:
    if not names.is_text(label):
        return (
            f"label {printable.quoted(label)} has a line break, a tab or "
            "another control character: remove it"
        )
    if label and not annotations.split_labels(label):
        shown = printable.quoted(label)
        return f"label {shown} has no visible character: rename it"
    return ""


def _span_faults(start: float | None, end: float | None) -> list[str]:
    wrong = [
        f"{name} {value} is not a time from 0 on"
        for name, value in (("start_seconds", start), ("end_seconds", end))
        if value is not None and not (math.isfinite(value) and value >= 0)
    ]
    if not wrong and end is not None and end <= (start or 0.0):
        wrong.append(f"end_seconds {end} is not after start {start or 0}")
    return wrong


def _unknown_split(name: str) -> str:
    return (
        f"split {name!r}: wanted train, validation (val, valid, dev), test, "
        "or an empty cell to draw it"
    )
