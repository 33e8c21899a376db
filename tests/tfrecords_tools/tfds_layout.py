"""A small folder of videos, and data sets that TFDS builds of it."""

import pathlib

import tensorflow_datasets as tfds

from tests.tfrecords_tools.numbered_videos import numbered, write_video
from tfrecords_tools.tfds_builders.video_clips import (
    source_configs,
    video_clips_dataset_builder,
)

CHUNK = 3


def write_layout(root: pathlib.Path) -> pathlib.Path:
    """4, 7 and 4 frames: of 3 a chunk, 5 examples to train on and 2 more."""
    for path, first, frames in (
        ("train/run/a.mp4", 0, 4),
        ("train/walk/b.mp4", 10, 7),
        ("val/run/c.mp4", 20, 4),
    ):
        images = [numbered(first + place) for place in range(frames)]
        write_video(root / path, images)
    (root / "labels.csv").write_text(
        "path,label,split,caption,label.place\n"
        "train/run/a.mp4,run,train,a run,park\n"
        "train/walk/b.mp4,walk|slow,train,,\n"
        "val/run/c.mp4,,val,,\n"
    )
    return root


def build(layout, data_dir, download=None, **config):
    given = {"source": "csv_file", "input": "labels.csv"} | config
    builder = video_clips_dataset_builder.Builder(
        data_dir=data_dir,
        config=source_configs.VideoClipsConfig(
            name="made", chunk_frames=CHUNK, **given
        ),
    )
    download = download or tfds.download.DownloadConfig()
    download.manual_dir = layout
    builder.download_and_prepare(download_config=download)
    return builder


def examples_in(builder, split="train"):
    return list(tfds.as_numpy(builder.as_dataset(split=split)))
