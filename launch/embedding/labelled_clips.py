"""The clips of shards with their features, labels and groups.

A group is what a clip shares with others from the same source: a network or a
neighbour from the same group says nothing about a clip. Groups are those of
the build; a clip without one has that of its video.
"""

import dataclasses
import os

import numpy as np

from launch.embedding import shard_features, stored_clips
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors, progress
from tfrecords_tools.building import build_report
from tfrecords_tools.checking import census


@dataclasses.dataclass(frozen=True)
class LabelledClips:
    """N clips.

    Attributes:
        names: of the labels.
        clips: where each one is.
        features: float32 [N, D].
        labels: int [N], places in `names`; -1 without a label.
        groups: int [N], equal for clips of one group.
    """

    names: tuple[str, ...]
    clips: list[stored_clips.StoredClip]
    features: np.ndarray
    labels: np.ndarray
    groups: np.ndarray

    def take(self, places: np.ndarray) -> "LabelledClips":
        """The clips at these places, or where a mask is true."""
        places = np.arange(len(self.clips))[places]
        return LabelledClips(
            self.names,
            [self.clips[place] for place in places],
            self.features[places],
            self.labels[places],
            self.groups[places],
        )

    def of_split(self, split: str) -> "LabelledClips":
        """The clips of one split."""
        return self.take(
            np.array([clip.place.split == split for clip in self.clips])
        )


def compute(
    encoder: shard_features.Encoder, folder: str | os.PathLike
) -> LabelledClips:
    """Computes the features of all clips of all splits that can be read.

    Prints how many cannot.

    Raises:
        UserError: shards are missing, no clip can be read, or clips have
            several labels.
    """
    manifest = manifests.read(folder)
    if manifest.several_labels:
        raise errors.UserError(
            f"the clips of {folder} have several labels each: wanted shards "
            "with one label a clip"
        )
    splits = census.ordered(manifest.splits)
    total = sum(
        shard.clips for split in splits for shard in manifest.shards(split)
    )
    clips, rows, before = [], [], 0
    with progress.bar("clips encoded", total) as update:
        for split in splits:
            found = shard_features.compute(
                encoder,
                folder,
                split,
                done=lambda count, before=before: update(before + count),
            )
            before += len(found.clip_ids)
            values = dict(
                zip(found.clip_ids.tolist(), found.values, strict=True)
            )
            for clip in stored_clips.list_clips(folder, manifest, split):
                if clip.place.number in values:
                    clips.append(clip)
                    rows.append(values[clip.place.number])
    if len(clips) < total:
        print(
            f"{total - len(clips)} of {total} clip(s) could not be read and "
            "are left out: python -m tfrecords_tools.check_shards "
            f"--shards={folder} lists them",
            flush=True,
        )
    if not clips:
        raise errors.UserError(f"no clip of {folder} can be read")
    known = {name: number for number, name in enumerate(manifest.labels)}
    labels = [known.get(next(iter(c.labels), ""), -1) for c in clips]
    paths = [clip.place.path for clip in clips]
    groups = build_report.groups_of(folder, paths)
    return LabelledClips(
        tuple(manifest.labels),
        clips,
        np.array(rows, np.float32),
        np.array(labels, int),
        np.unique(groups, return_inverse=True)[1].reshape(-1),
    )
