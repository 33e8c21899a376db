"""Adds floors to the reports of one split; reads metadata once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from launch.evaluation import clip_answers, evaluation, floors
from launch.reporting import chance_lines
from pipelines.reading import clip_metadata, shard_reader
from tfrecords_tools.base import errors
from tfrecords_tools.building import build_report
from video_models import objective as objectives

_MOST_KNOWN = 5000  # Training clips that a floor knows, evenly spaced.


class SplitFloors:
    """The floors of one split, learnt from a training split.

    Attributes:
        clips: number of each clip of the split to its metadata; empty if
            they could not be read.
        given: label set, then floor to its latest answers, bool [N, classes],
            for the clips that count.
    """

    def __init__(
        self,
        known: shard_reader.ShardReader | None,
        reader: shard_reader.ShardReader,
        measured: Sequence[floors.Floor] = floors.FLOORS,
    ):
        """Reads nothing yet.

        Args:
            known: of the training split; None if there is none.
            reader: of the split that is evaluated.
            measured: the floors.
        """
        self._known_reader, self._reader = known, reader
        self._floors = measured
        self._known: list[clip_metadata.ClipMetadata] | None = None
        self.clips: dict[int, clip_metadata.ClipMetadata] = {}
        self._group_of: dict[str, str] = {}
        self.given: dict[str, dict[str, np.ndarray]] = {}

    def report(
        self, objective: objectives.Objective, evaluated: evaluation.Evaluated
    ) -> dict[str, Any]:
        """Returns the report with floors and intervals for each label set.

        A set's part of the report gets `floors`, see `floors.row_of`, and the
        95 % interval of its accuracy or exact match.

        Args:
            objective: that was evaluated.
            evaluated: its result on the split.
        """
        report = chance_lines.with_intervals(dict(evaluated.report))
        every = clip_answers.collect(objective, evaluated.rows)
        if not every:
            return report
        self._read()
        for each in every:
            answers = each.only(each.counted)
            added = self._of_set(answers) if len(answers.numbers) else {}
            if answers.task:
                part = report["tasks"][answers.task] | added
                tasks = report["tasks"] | {answers.task: part}
                report["tasks"] = tasks
            else:
                report |= added
        return report

    def _of_set(self, answers: clip_answers.ClipAnswers) -> dict[str, Any]:
        interval = {f"{answers.metric}_interval": floors.interval(answers.hits)}
        known = self._known_clips(answers)
        if known is None:
            return interval
        clips = [self.clips[number] for number in answers.numbers.tolist()]
        queries = _table(clips, answers.task, len(answers.labels))
        groups = [self._group_of[video] for video in queries.videos]
        found = floors.measure(answers, known, queries, self._floors, groups)
        self.given[answers.task] = {k: given for k, (_, given) in found.items()}
        return interval | {"floors": {k: row for k, (row, _) in found.items()}}

    def _known_clips(
        self, answers: clip_answers.ClipAnswers
    ) -> floors.Clips | None:
        """The training clips that count; None if there is none."""
        if not self._known or not self.clips:
            return None
        table = _table(self._known, answers.task, len(answers.labels))
        counted = table.labels.any(axis=1) | answers.counts_unlabelled
        if not counted.any():
            return None
        videos = np.array(table.videos, object)[counted]
        return floors.Clips(
            table.numbers[counted],
            table.metadata[counted],
            table.labels[counted],
            tuple(videos),
        )

    def _read(self) -> None:
        if self._known is not None:
            return
        self._known = []
        try:
            if self._known_reader is not None:
                self._known = clip_metadata.read(
                    self._known_reader, _MOST_KNOWN
                )
            every = clip_metadata.read(self._reader)
            self.clips = {clip.number: clip for clip in every}
            videos = [clip.path for clip in every]
            groups = build_report.groups_of(self._reader.folder, videos)
            self._group_of = dict(zip(videos, groups, strict=True))
        except errors.UserError as error:  # No reason to end a run.
            print(f"note: no floors, since {error}", flush=True)


def _table(
    clips: Sequence[clip_metadata.ClipMetadata], task: str, classes: int
) -> floors.Clips:
    labels = np.zeros((len(clips), classes), bool)
    for row, clip in zip(labels, clips, strict=True):
        row[[i for i in clip.label_ids[task] if i < classes]] = True
    vectors = np.array([clip.vector for clip in clips], np.float64)
    return floors.Clips(
        np.array([clip.number for clip in clips], np.int64),
        vectors.reshape(len(clips), len(clip_metadata.FIELDS)),
        labels,
        tuple(clip.path for clip in clips),
    )
