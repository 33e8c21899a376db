import pathlib
import shutil
import tempfile

import pytest

from tests.tfrecords_tools.numbered_videos import numbered, write_video

pytest.importorskip("importlib_resources")
pytest.importorskip("dill")
import tensorflow_datasets as tfds

from tfrecords_tools.tfds_builders.video_clips import (
    video_clips_dataset_builder,
)


class VideoClipsTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = video_clips_dataset_builder.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["video_folder", "csv_file"]
    SPLITS = {"train": 2, "validation": 1}

    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp())
        cls.EXAMPLE_DIR = folder
        paths = ("train/run/a.mp4", "train/walk/b.mp4", "val/run/c.mp4")
        for first, path in enumerate(paths):
            images = [numbered(first + place) for place in range(4)]
            write_video(folder / path, images)
        (folder / "labels.csv").write_text(
            "path,label,split\ntrain/run/a.mp4,run,train\n"
            "train/walk/b.mp4,walk,train\nval/run/c.mp4,run,val\n"
        )
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.EXAMPLE_DIR)
