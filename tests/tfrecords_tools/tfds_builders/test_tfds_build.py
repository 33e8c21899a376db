"""What TFDS itself runs: Beam, its command, and its view of our shards."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tests import shards
from tests.tfrecords_tools.fixtures import small, tfds_layout
from tfrecords_tools.tfds_builders.video_clips import (
    clip_examples,
    video_clips_dataset_builder,
)


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    return tfds_layout.write_layout(tmp_path_factory.mktemp("layout"))


@pytest.mark.slow
@pytest.mark.full
def test_beam_gives_the_same_examples(layout, tmp_path, monkeypatch):
    beam = pytest.importorskip("apache_beam")
    options = beam.options.pipeline_options.PipelineOptions(
        runner="DirectRunner"
    )
    download = tfds.download.DownloadConfig(beam_options=options)
    ended = []
    monkeypatch.setattr(
        video_clips_dataset_builder.Builder,
        "_process_pipeline_result",
        lambda self, pipeline_result: ended.append(pipeline_result.state),
    )
    built = tfds_layout.build(layout, tmp_path / "plain")
    assert not ended
    on_beam = tfds_layout.build(layout, tmp_path / "beam", download)
    assert ended == ["DONE"]
    for split in ("train", "validation"):
        plain, found = (
            tfds_layout.examples_in(built, split),
            tfds_layout.examples_in(on_beam, split),
        )
        assert len(plain) == len(found)
        for one, other in zip(plain, found, strict=True):
            tf.nest.map_structure(np.testing.assert_array_equal, one, other)


def run_python(*arguments, folder=small.ROOT):
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(small.ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def examples_made(data_dir):
    folder = data_dir / "video_clips/video_folder/2.0.0"
    splits = tfds.builder_from_directory(folder).info.splits
    return {name: split.num_examples for name, split in splits.items()}


@pytest.mark.full
def test_the_command_of_tfds_builds_it(layout, tmp_path):
    for undeclared in ("mlcroissant", "apache_beam"):
        pytest.importorskip(undeclared)
    run_python(
        *("-m", "tensorflow_datasets.scripts.cli.main"),
        *("build", "--config=video_folder"),
        *(f"--manual_dir={layout}", f"--data_dir={tmp_path}"),
        folder=pathlib.Path(video_clips_dataset_builder.__file__).parent,
    )
    assert examples_made(tmp_path) == {"train": 2, "validation": 1}


WITHOUT_BEAM = """
import sys
sys.modules["apache_beam"] = None
import tensorflow_datasets as tfds
from tfrecords_tools.tfds_builders.video_clips import (
    video_clips_dataset_builder
)
video_clips_dataset_builder.Builder(data_dir=sys.argv[2]).download_and_prepare(
    download_config=tfds.download.DownloadConfig(manual_dir=sys.argv[1])
)
"""


@pytest.mark.slow
@pytest.mark.full
def test_it_builds_where_beam_is_missing(layout, tmp_path):
    run_python("-c", WITHOUT_BEAM, layout, tmp_path)
    assert examples_made(tmp_path) == {"train": 2, "validation": 1}


def test_decoding_needs_no_tensorflow():
    module = clip_examples.__name__
    program = f"import sys, {module}; print('tensorflow' in sys.modules)"
    assert run_python("-c", program) == "False\n"


def test_tfds_finds_no_frames_in_finished_shards(tmp_path):
    """Why a build writes no dataset_info.json: TFDS reads context alone."""
    folder = tmp_path / "clips/1.0.0"
    folder.mkdir(parents=True)
    shards.write(folder, {"train": [shards.Clip(0, 8, ("a",))]}, shards=1)
    for index in folder.glob("*.index"):
        index.unlink()  # TFDS takes it for a shard.
    name = "{SPLIT}-{SHARD_X_OF_Y}.{FILEFORMAT}"
    tfds.folder_dataset.write_metadata(
        data_dir=folder,
        features=tfds.features.FeaturesDict(
            {
                "clip/label/string": tfds.features.Sequence(np.str_),
                "image/encoded": tfds.features.Video(
                    shape=(None, None, None, 3), encoding_format="jpeg"
                ),
            }
        ),
        split_infos=[
            tfds.core.SplitInfo(
                name="train",
                shard_lengths=[1],
                num_bytes=0,
                filename_template=tfds.core.ShardedFileTemplate(
                    data_dir=folder,
                    template=name,
                    split="train",
                    filetype_suffix="tfrecord",
                ),
            )
        ],
        filename_template=name,
        check_data=False,
    )
    [example] = tfds.builder_from_directory(folder).as_dataset(split="train")
    assert list(example["clip/label/string"]) == [b"a"]
    assert len(example["image/encoded"]) == 0
