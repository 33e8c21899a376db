"""Collects statistics of the clips of a data set, shard by shard.

Memory grows with the classes, not with the clips, except for the length of
each clip.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from tfrecords_tools import annotations, manifest

MAIN = ""  # The main label set, which has no task name.
_CLIP, _OFFSET, _LENGTH, _CRC, _FIRST, _FRAMES, _START, _END = range(8)


class Place(NamedTuple):
    """Position of one frame.

    Attributes:
        offset: of the record in its shard, bytes.
        frame: index within that record.
    """

    offset: int
    frame: int


class Sample(NamedTuple):
    """A clip for the contact sheet.

    Attributes:
        split: of the clip.
        shard: file name.
        number: of the clip within its split.
        path: of the video.
        frames: in the clip.
        seconds: duration.
        places: positions of its first, middle and last frame.
    """

    split: str
    shard: str
    number: int
    path: str
    frames: int
    seconds: float
    places: tuple[Place, ...]


def sample(
    split: str, shard: str, path: str, rows: np.ndarray, first: int
) -> Sample:
    """Returns the clip whose index rows start at `first`."""
    rows = rows[first:]
    others = np.flatnonzero(rows[:, _CLIP] != rows[0, _CLIP])
    rows = rows[: others[0]] if len(others) else rows
    ends = rows[:, _FIRST] + rows[:, _FRAMES]
    count = int(ends[-1])
    places = []
    for frame in (0, count // 2, count - 1):
        row = rows[np.searchsorted(ends, frame, "right")]
        place = int(row[_OFFSET]), int(frame - row[_FIRST])
        places.append(Place(*place))
    seconds = float(rows[:, _END].max() - rows[0, _START]) / 1e6
    number = int(rows[0, _CLIP])
    return Sample(split, shard, number, path, count, seconds, tuple(places))


def ordered(splits: Iterable[str]) -> tuple[str, ...]:
    """Returns splits in display order: training first."""
    order = annotations.SPLITS
    known = [split for split in order if split in splits]
    return (*known, *sorted(set(splits) - set(order)))


@dataclasses.dataclass
class Census:
    """Statistics of a data set.

    Attributes:
        limit: maximum samples per class and split.
        labels: label set to split to int64 clips of each label.
        seconds: split to the lengths of its clips, float32 arrays.
        sizes: (height, width) of the stored frames to number of clips.
        rates: frames per second, to two digits, to number of clips.
        samples: (split, label) to clips; label "" for unlabelled.
    """

    limit: int = 0
    labels: dict[str, dict[str, np.ndarray]] = dataclasses.field(
        default_factory=dict
    )
    seconds: dict[str, list[np.ndarray]] = dataclasses.field(
        default_factory=dict
    )
    sizes: Counter = dataclasses.field(default_factory=Counter)
    rates: Counter = dataclasses.field(default_factory=Counter)
    samples: dict[tuple[str, str], list[Sample]] = dataclasses.field(
        default_factory=dict
    )

    def add(
        self, record: dict[str, Any], dataset: manifest.Manifest, clip: Sample
    ) -> None:
        """Counts one clip by its first record.

        Args:
            record: from `schema.decode`.
            dataset: the manifest.
            clip: the same clip, for the contact sheet.
        """
        for task, known in {MAIN: dataset.labels, **dataset.tasks}.items():
            ids = record[f"{task}.label_ids" if task else "label_ids"]
            counts = self.labels.setdefault(task, {}).setdefault(
                clip.split, np.zeros(len(known), np.int64)
            )
            for each in ids:
                if 0 <= each < len(known):
                    counts[each] += 1
        self.sizes[record["height"], record["width"]] += 1
        self.rates[round(record["frame_rate"], 2)] += 1
        length = np.array([clip.seconds], np.float32)
        self.seconds.setdefault(clip.split, []).append(length)
        for name in record["labels"] or [b""]:
            key = clip.split, name.decode(errors="replace")
            self._show(key, [clip])

    def merge(self, other: "Census") -> None:
        """Adds the statistics of another shard."""
        for task, splits in other.labels.items():
            mine = self.labels.setdefault(task, {})
            for split, counts in splits.items():
                mine[split] = mine.get(split, 0) + counts
        for split, lengths in other.seconds.items():
            joined = np.concatenate(lengths)
            self.seconds.setdefault(split, []).append(joined)
        self.sizes.update(other.sizes)
        self.rates.update(other.rates)
        for key, clips in other.samples.items():
            self._show(key, clips)

    def _show(self, key: tuple[str, str], clips: list[Sample]) -> None:
        if self.limit:
            shown = self.samples.setdefault(key, [])
            shown += clips[: self.limit - len(shown)]
