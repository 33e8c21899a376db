"""Any source of ours as a TFDS data set; frames are what shards would hold.

An example is a chunk of at most 64 frames, as in our shards: a longer clip is
several examples with different `first_frame`. TFDS holds an example in
memory, so a video of an hour in one example would exceed its 2 GB limit.

The videos are in TFDS's manual folder, in the layout of the configuration's
source. Unreadable videos are skipped and logged. Beam runs the work if its
options are set, and is not needed otherwise.
"""

import functools
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from absl import logging

from tfrecords_tools import annotations, labels
from tfrecords_tools.base import errors, registry
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import video_names
from tfrecords_tools.source_parsing import source_clips
from tfrecords_tools.splitting import splits
from tfrecords_tools.tfds_builders.video_clips import (
    clip_examples,
    source_configs,
)

VideoClipsConfig = source_configs.VideoClipsConfig
_CLIPS_AT_ONCE = 8  # Per Beam element; they share a decoding process.


class Builder(tfds.core.GeneratorBasedBuilder):
    """Videos with their labels, times, words and captions."""

    VERSION = tfds.core.Version("2.0.0")
    RELEASE_NOTES = {
        "1.0.0": "First version.",
        "2.0.0": "An example is a chunk of a clip; labels are ClassLabels.",
    }
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Put the videos into the manual folder, laid out as the source of "
        "that name says: for video_folder one folder a class, for csv_file "
        "beside a labels.csv."
    )
    BUILDER_CONFIGS = source_configs.all_configs()
    DEFAULT_BUILDER_CONFIG_NAME = "video_folder"

    _on_beam = False

    def _info(self) -> tfds.core.DatasetInfo:
        text, label = tfds.features.Text, tfds.features.ClassLabel
        several = tfds.features.Sequence
        video = tfds.features.Video(
            shape=(None, None, None, 3), encoding_format="jpeg"
        )
        word = {"text": text(), "start": np.int64, "end": np.int64}
        features = {
            "video": video,
            "times": several(np.int64, doc="Of each frame, microseconds."),
            "end_time": tfds.features.Scalar(
                np.int64, doc="Until when the last is shown, microseconds."
            ),
            "first_frame": tfds.features.Scalar(
                np.int64, doc="Number in the clip of the first frame here."
            ),
            "clip": text(doc="The clip's name, the same in all its chunks."),
            "path": text(doc="The video, relative to the manual folder."),
            "label": label(doc="The clip's first label; -1 where it has none."),
            "labels": several(label(), doc="All labels of the clip."),
            "tasks": several({"task": text(), "label": text()}),
            "caption": text(),
            "words": several(word, doc="Those that begin in this chunk."),
        }
        return self.dataset_info_from_configs(
            description=__doc__,
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("video", "label"),
        )

    def _download_and_prepare(
        self,
        dl_manager: tfds.download.DownloadManager,
        download_config: tfds.download.DownloadConfig,
    ) -> None:
        given = download_config.beam_runner, download_config.beam_options
        self._on_beam = any(each is not None for each in given)
        super()._download_and_prepare(dl_manager, download_config)

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Any]:
        config = self.builder_config
        given = _input_of(config, dl_manager)
        root = given.parent if given.is_file() else given
        source = registry.choose(
            source_configs.SOURCES, config.source, config.source_config
        )
        clips, absent = source_clips.read(source, str(given), lambda: root)
        for clip in absent:
            name = printable.name(clip.path)
            logging.warning("%s is left out: %s", name, clip.absent)
        settled, _ = splits.settle(clips, shares=config.splits)
        clips = [
            clip
            for clip in settled
            if clip.label
            or clip.frame_rate is not None
            or video_names.is_likely(clip.path)
        ]
        names = list(labels.name_all(clips))
        self.info.features["label"].names = names
        self.info.features["labels"].feature.names = names
        job = clip_examples.Job(
            root, config.media, config.chunk_frames, config.limits
        )
        inside = {
            split: [clip for clip in clips if clip.split == split]
            for split in annotations.SPLITS
        }
        return {
            split: self._generate_examples(job, split, inside[split])
            for split in annotations.SPLITS
            if inside[split]
        }

    def _generate_examples(
        self,
        job: clip_examples.Job,
        split: str,
        clips: list[annotations.Clip],
    ) -> Iterator[clip_examples.Example] | Any:
        """Returns the examples, or on Beam the PTransform that makes them."""
        if not self._on_beam:
            return _not_none(split, clip_examples.generate(job, clips))
        beam = tfds.core.lazy_imports.apache_beam
        parts = [
            clips[first : first + _CLIPS_AT_ONCE]
            for first in range(0, len(clips), _CLIPS_AT_ONCE)
        ]
        generator = functools.partial(clip_examples.generate, job)
        return beam.Create(parts, reshuffle=True) | "Read" >> beam.FlatMap(
            generator
        )


def _not_none(split: str, examples: Iterator) -> Iterator:
    """Yields the examples; UserError if there are none."""
    found = False
    for found in examples:
        yield found
    if not found:
        raise errors.UserError(
            f"no video of split {split} could be read: see the warnings "
            "above; repair one, or assign other videos to the split"
        )


def _input_of(
    config: VideoClipsConfig, dl_manager: tfds.download.DownloadManager
) -> pathlib.Path:
    if config.source in source_configs.RENDERED:
        folder = pathlib.Path(os.fspath(dl_manager.download_dir)) / config.name
    else:
        folder = pathlib.Path(os.fspath(dl_manager.manual_dir))
    return folder / config.input
