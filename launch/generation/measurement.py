"""Compares generated with real clips, from folders to metrics."""

import dataclasses
import pathlib
from typing import Any

import numpy as np

from launch.generation import (
    clip_features,
    generation_metrics,
    real_clips,
    sample_protocol,
    sampler,
    video_samples,
)
from launch.runs import label_checks, run_flags
from tfrecords_tools import annotations
from tfrecords_tools.base import errors, settings
from tfrecords_tools.base.text import names, printable


@dataclasses.dataclass(frozen=True)
class Config:
    """Samples, real clips and networks."""

    features: str = settings.setting(
        "", "Folder of a classifier's run; its last features are compared."
    )
    samples: str = settings.setting(
        "",
        "Folder of a generator's run, or of video files with one clip each, in "
        "one folder per label if they have labels.",
    )
    shards: str | None = settings.setting(
        None, "Shards of the real clips. Unset: those of the --features run."
    )
    split: str = settings.setting("validation", "Split of the real clips.")
    classifier: str | None = settings.setting(
        None,
        "Folder of another classifier's run, which checks whether samples show "
        "the label that they were generated for. Unset: skipped.",
    )
    count: int | None = settings.setting(
        None,
        "Samples, and real clips per half. Unset: as many as available. More "
        "clips give smaller distances.",
        minimum=2,
    )
    k: int = settings.setting(
        3, "Nearest neighbours (k) of precision and recall.", minimum=1
    )
    seed: int = settings.setting(
        0, "Seed of the clips and of the order of shuffled frames.", minimum=0
    )
    output: str | None = settings.setting(None, "JSON file for the metrics.")
    against: str | None = settings.setting(
        None, "JSON file of other samples, printed next to these."
    )


class Measurement:
    """Compares samples with real clips.

    Attributes:
        protocol: known before measuring.
        dimensions: of the features; known after measuring.
    """

    def __init__(self, config: Config):
        """Opens networks and clips; UserError if they do not fit together."""
        self._config, self.dimensions = config, 0
        self._network = network = clip_features.load_network(config.features)
        self._samples = _open_samples(config.samples, network)
        network.check_clip(self._samples.clip, config.samples)
        shards = config.shards or network.trained.experiment.shards
        split = annotations.canonical_split(config.split) or config.split
        self._real = real_clips.RealClips(shards, split, network.clip)
        self._classifier = self._open_classifier(shards)
        clip, count = network.clip, config.count or self._default_count()
        self._check(count)
        self.protocol = sample_protocol.Protocol(
            features=network.fingerprint,
            classifier=self._classifier and self._classifier.fingerprint,
            real=self._real.fingerprint,
            frames=clip.frames,
            size=clip.size,
            short_side=clip.scaled_short_side,
            sampling=sample_protocol.sampling_of(clip),
            frame_rate=self._real.frame_rate,
            clips=count,
            k=config.k,
            seed=config.seed,
        )

    @property
    def announcement(self) -> str:
        """One line about samples, real clips and features."""
        config, count = self._config, self.protocol.clips
        return (
            f"{count} samples of {config.samples} against {count} real clips "
            f"of {config.split}, by the features of {config.features}"
        )

    def run(self) -> sample_protocol.Measured:
        """Computes the metrics."""
        config, count = self._config, self.protocol.clips
        both = self._network, self._classifier
        clips, ids = self._samples.sample(count, config.seed)
        ids = np.full(count, -1) if ids is None else self._to_known(ids)
        sets = {"samples": generation_metrics.extract(clips, ids, *both)}
        batch_size = self._network.trained.experiment.train.batch_size
        sets |= generation_metrics.extract_real(
            self._real, count, config.seed, *both, batch_size
        )
        reference = sets.pop("reference")
        self.dimensions = reference.features.shape[1]
        known = self._classifier.labels if self._classifier else ()
        values = {
            name: generation_metrics.compute(
                reference, sets[name], config.k, known
            )
            for name in generation_metrics.SETS
        }
        return sample_protocol.Measured(self.protocol, values)

    def _default_count(self) -> int:
        """Clips of each side if --count is unset."""
        half = self._real.available // 2
        return min(half, getattr(self._samples, "available", half))

    def _check(self, count: int) -> None:
        """Raises UserError if `count` clips are too few."""
        if count <= max(1, self._config.k):
            raise errors.UserError(
                f"{count} clip(s) on each side, wanted more than --k="
                f"{self._config.k} and at least 2: take more samples, or "
                "another --split"
            )
        self._real.check(count)

    def _open_classifier(
        self, shards: str
    ) -> clip_features.FeatureNetwork | None:
        path, samples = self._config.classifier, self._samples
        if not path:
            return None
        classifier = clip_features.load_network(path)
        if classifier.fingerprint == self._network.fingerprint:
            raise errors.UserError(
                f"--classifier={path} is the network of --features: samples "
                "near by its features are near for it, too. Wanted another, "
                "such as one with another --backbone or --train.seed"
            )
        classifier.check_clip(self._network.clip, self._config.features)
        if classifier.trained.objective.answers["scores"].threshold is not None:
            raise errors.UserError(
                f"--classifier={path} gives several labels a clip, wanted a "
                "run of --objective=classification"
            )
        label_checks.check_labels(classifier.labels, self._real.labels, shards)
        known = set(map(names.normalized, classifier.labels))
        unknown = [
            label
            for label in samples.labels
            if names.normalized(label) not in known
        ]
        if unknown or not samples.labels:
            what = (
                f"the unknown {printable.quoted(unknown[:5])}"
                if unknown
                else "no labels"
            )
            raise errors.UserError(
                f"--classifier={path} has {len(classifier.labels)} labels, "
                f"{self._config.samples} has {what}: wanted samples of those "
                "labels, or leave --classifier out"
            )
        return classifier

    def _to_known(self, ids: np.ndarray) -> np.ndarray:
        """Ids of the samples' labels to those of the classifier."""
        if self._classifier is None:
            return ids
        known, ours = (
            [names.normalized(label) for label in labels]
            for labels in (self._classifier.labels, self._samples.labels)
        )
        return np.int32([known.index(ours[each]) for each in ids])


def _open_samples(path: str, network: clip_features.FeatureNetwork) -> Any:
    """An object with `clip`, `labels` and `sample(count, seed)`."""
    if (pathlib.Path(path) / run_flags.FILE_NAME).is_file():
        return sampler.load_sampler(path)
    return video_samples.VideoSamples(path, network.clip, network.trained.media)
