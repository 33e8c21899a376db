"""Configurations of the builder: one per source, found by listing.

A new file in `tfrecords_tools.sources` is a configuration by itself. A source
with a bounded setting `split_number` has one per number: ucf101_1, ucf101_2.
"""

import dataclasses
from typing import Any

import tensorflow_datasets as tfds

from tfrecords_tools import shard_plan
from tfrecords_tools.base import errors, isolated, registry, settings
from tfrecords_tools.media import reader
from tfrecords_tools.splitting import split_shares

SOURCES = "tfrecords_tools.sources"
NUMBERED = "split_number"
# Input of sources that do not read the manual folder itself.
INPUTS = {"csv_file": "labels.csv"}
RENDERED = ("demo",)  # Needs no videos, so no manual folder either.


@dataclasses.dataclass(eq=False)
class VideoClipsConfig(tfds.core.BuilderConfig):
    """One source with its settings.

    Settings may be given as plain dictionaries, so that `tfds build
    --config='{"name": "small", "media": {"short_side": 128}}'` works.

    Attributes:
        source: a file of `tfrecords_tools.sources`.
        source_config: its settings; None: the defaults.
        input: relative to the manual folder; empty: that folder.
        media: how frames are picked and stored.
        chunk_frames: maximum frames per example; longer clips are several.
        splits: sizes of drawn splits.
        limits: per video.
    """

    source: str = "video_folder"
    source_config: Any = None
    input: str = ""
    media: reader.Config = reader.Config()
    chunk_frames: int = shard_plan.Config.chunk_frames
    splits: split_shares.Config = split_shares.Config()
    limits: isolated.Config = isolated.Config()

    def __post_init__(self) -> None:
        kind = registry.load(SOURCES, self.source).Config
        self.source_config = _settings(kind, self.source_config)
        self.media = _settings(reader.Config, self.media)
        self.splits = _settings(split_shares.Config, self.splits)
        self.limits = _settings(isolated.Config, self.limits)
        if settings.to_dict(self.media).get("storage", "jpeg") != "jpeg":
            raise errors.UserError(
                f"configuration {self.name!r} stores {self.media.storage}, "
                "wanted jpeg, the only storage that TFDS decodes"
            )
        if self.chunk_frames < 1:
            raise errors.UserError(
                f"configuration {self.name!r} has chunk_frames="
                f"{self.chunk_frames}, wanted at least 1"
            )


def all_configs() -> list[VideoClipsConfig]:
    """Returns the configurations of all sources, sorted by name."""
    return [
        config
        for name in registry.names_in(SOURCES)
        for config in _of_source(name)
    ]


def _of_source(name: str) -> list[VideoClipsConfig]:
    module = registry.load(SOURCES, name)
    shared = {"source": name, "input": INPUTS.get(name, "")}
    for field in dataclasses.fields(module.Config):
        if field.name == NUMBERED:
            least, most = (field.metadata[k] for k in ("minimum", "maximum"))
            return [
                VideoClipsConfig(
                    name=f"{name}_{number}",
                    source_config=module.Config(**{NUMBERED: number}),
                    **shared,
                )
                for number in range(least, most + 1)
            ]
    return [VideoClipsConfig(name=name, **shared)]


def _settings(kind: type, given: Any) -> Any:
    parsed = given if given is not None else kind()
    if isinstance(parsed, dict):
        parsed = settings.from_dict(kind, parsed)
    settings.check(parsed)
    return parsed
