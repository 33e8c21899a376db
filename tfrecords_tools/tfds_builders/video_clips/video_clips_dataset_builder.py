"""Any source of ours as a TFDS data set; frames are what shards would hold.

The videos stand in TFDS's manual folder, laid out as the configuration's
source says. A video that cannot be read is left out and logged.
"""

import dataclasses
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from absl import logging

from tfrecords_tools import annotations, shard_plan
from tfrecords_tools.base import registry
from tfrecords_tools.media import reader

_SOURCES = "tfrecords_tools.sources"


@dataclasses.dataclass(eq=False)
class VideoClipsConfig(tfds.core.BuilderConfig):
    """Which source reads what.

    Attributes:
        source: a file of `tfrecords_tools.sources`.
        source_config: its settings; None takes the defaults.
        input: what it reads, relative to the manual folder.
        media: how frames are picked and stored.
    """

    source: str = "video_folder"
    source_config: Any = None
    input: str = ""
    media: reader.Config = reader.Config()


class Builder(tfds.core.GeneratorBasedBuilder):
    """Videos with their labels, times and captions."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First version."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Put the videos into the manual folder: one folder a class, or, for "
        "the configuration csv_file, beside a labels.csv."
    )
    BUILDER_CONFIGS = [
        VideoClipsConfig(name="video_folder"),
        VideoClipsConfig(
            name="csv_file", source="csv_file", input="labels.csv"
        ),
    ]

    def _info(self) -> tfds.core.DatasetInfo:
        video = tfds.features.Video(
            shape=(None, None, None, 3), encoding_format="jpeg"
        )
        return self.dataset_info_from_configs(
            description=__doc__,
            features=tfds.features.FeaturesDict(
                {
                    "video": video,
                    "times": tfds.features.Sequence(np.int64),
                    "labels": tfds.features.Sequence(tfds.features.Text()),
                    "caption": tfds.features.Text(),
                    "path": tfds.features.Text(),
                }
            ),
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator]:
        config = self.builder_config
        given = pathlib.Path(os.fspath(dl_manager.manual_dir), config.input)
        source = registry.choose(_SOURCES, config.source, config.source_config)
        root = given if given.is_dir() else given.parent
        listed = source.module.list_clips(source.config, str(given))
        clips = annotations.check(listed, root)
        return {
            split: self._generate_examples(
                root, [clip for clip in clips if clip.split == split]
            )
            for split in annotations.SPLITS
            if any(clip.split == split for clip in clips)
        }

    def _generate_examples(
        self, root: pathlib.Path, clips: list[annotations.Clip]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for clip in clips:
            span = clip.start_seconds, clip.end_seconds
            media = self.builder_config.media
            try:
                frames = list(
                    reader.read_frames(root / clip.path, media, *span)
                )
            except reader.VideoError as error:
                logging.warning("left out: %s", error)
                continue
            yield (
                shard_plan.name_of(clip),
                {
                    "video": [frame.data for frame in frames],
                    "times": [frame.time for frame in frames],
                    "labels": annotations.split_labels(clip.label),
                    "caption": clip.caption,
                    "path": clip.path,
                },
            )
