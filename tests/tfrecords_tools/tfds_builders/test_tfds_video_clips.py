import logging
import pathlib
import shutil
import tempfile

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tests.tfrecords_tools.fixtures import tfds_layout
from tests.tfrecords_tools.fixtures.numbered_videos import number_in
from tfrecords_tools import annotations
from tfrecords_tools.base import errors, isolated, registry
from tfrecords_tools.media import reader
from tfrecords_tools.sources import demo
from tfrecords_tools.tfds_builders.video_clips import (
    clip_examples,
    source_configs,
    video_clips_dataset_builder,
)

Config = source_configs.VideoClipsConfig


class VideoClipsTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = video_clips_dataset_builder.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = [
        Config(
            name="folder", source="video_folder", chunk_frames=tfds_layout.CHUNK
        ),
        Config(
            name="table",
            source="csv_file",
            input="labels.csv",
            chunk_frames=tfds_layout.CHUNK,
        ),
        Config(
            name="rendered",
            source="demo",
            source_config=demo.Config(
                train_clips=5,
                validation_clips=2,
                size=16,
                frames=tfds_layout.CHUNK,
            ),
            chunk_frames=tfds_layout.CHUNK,
        ),
    ]
    SPLITS = {"train": 5, "validation": 4 // 2}
    asserted = set()

    @classmethod
    def setUpClass(cls):
        cls.EXAMPLE_DIR = tfds_layout.write_layout(
            pathlib.Path(tempfile.mkdtemp())
        )
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.EXAMPLE_DIR)

    def _assertAsDataset(self, builder):
        super()._assertAsDataset(builder)
        self.asserted.add(builder.builder_config.name)

    def test_download_and_prepare_as_dataset(self):
        super().test_download_and_prepare_as_dataset()
        # It passes over in silence what it is not meant to run.
        self.assertEqual(self.asserted, {"folder", "table", "rendered"})


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    return tfds_layout.write_layout(tmp_path_factory.mktemp("layout"))


@pytest.fixture(scope="module")
def built(layout, tmp_path_factory):
    return tfds_layout.build(layout, tmp_path_factory.mktemp("data"))


def of_clip(examples, path):
    found = [each for each in examples if each["path"] == path.encode()]
    return sorted(found, key=lambda each: each["first_frame"])


def test_chunks_of_a_clip_put_together_are_its_frames(built):
    chunks = of_clip(tfds_layout.examples_in(built), "train/walk/b.mp4")
    assert [each["first_frame"] for each in chunks] == [0, 3, 6]
    frames = np.concatenate([each["video"] for each in chunks])
    assert [number_in(frame) for frame in frames] == list(range(10, 17))
    times = np.concatenate([each["times"] for each in chunks])
    np.testing.assert_allclose(times, np.arange(7) * 1e6 / 30, atol=1)
    assert {each["clip"] for each in chunks} == {b"train/walk/b"}


def test_frames_are_those_of_the_reader(built, layout):
    stored = list(reader.read_frames(layout / "train/walk/b.mp4"))
    chunks = of_clip(tfds_layout.examples_in(built), "train/walk/b.mp4")
    frames = np.concatenate([each["video"] for each in chunks])
    for frame, held in zip(stored, frames, strict=True):
        np.testing.assert_array_equal(tf.io.decode_jpeg(frame.data), held)


def test_a_label_is_its_place_in_the_names(built):
    features = built.info.features
    assert features["label"].names == ["run", "slow", "walk"]
    walk = of_clip(tfds_layout.examples_in(built), "train/walk/b.mp4")[0]
    assert walk["label"] == 2 and list(walk["labels"]) == [2, 1]
    none = tfds_layout.examples_in(built, "validation")[0]
    assert none["label"] == -1 and list(none["labels"]) == []


def test_label_names_are_known_from_the_folder_alone(built):
    found = tfds.builder_from_directory(built.data_dir)
    assert found.info.features["label"].names == ["run", "slow", "walk"]


def test_captions_and_further_tasks_are_kept(built):
    run = of_clip(tfds_layout.examples_in(built), "train/run/a.mp4")[0]
    assert run["caption"] == b"a run"
    tasks = run["tasks"]
    assert (list(tasks["task"]), list(tasks["label"])) == (
        [b"place"],
        [b"park"],
    )


def test_as_supervised_gives_video_and_label(built):
    for video, label in built.as_dataset(split="train", as_supervised=True):
        assert video.dtype == tf.uint8 and label.dtype == tf.int64


def test_videos_without_any_label_can_be_built(layout, tmp_path):
    (tmp_path / "bare").mkdir()
    shutil.copy(layout / "train/run/a.mp4", tmp_path / "bare/a.mp4")
    source = {"source": "video_folder", "input": ""}
    builder = tfds_layout.build(tmp_path / "bare", tmp_path / "data", **source)
    split = next(iter(builder.info.splits))
    assert {
        each["label"] for each in tfds_layout.examples_in(builder, split)
    } == {-1}


def test_a_video_that_cannot_be_read_is_left_out_and_logged(
    layout, tmp_path, caplog
):
    videos = tmp_path / "videos"
    shutil.copytree(layout, videos)
    (videos / "train/run/bad.mp4").write_bytes(b"no video" * 100)
    whole = (videos / "train/walk/b.mp4").read_bytes()
    (videos / "train/walk/cut.mp4").write_bytes(whole[:-500])
    source = {"source": "video_folder", "input": ""}
    with caplog.at_level(logging.WARNING, "absl"):
        builder = tfds_layout.build(videos, tmp_path / "data", **source)
    found = {each["path"] for each in tfds_layout.examples_in(builder)}
    assert found == {b"train/run/a.mp4", b"train/walk/b.mp4"}
    assert "left out (unreadable): train/run/bad.mp4" in caplog.text
    assert "train/walk/cut.mp4" in caplog.text


def test_a_clip_whose_end_is_damaged_leaves_no_chunk(monkeypatch):
    def fail_late(*_):
        yield [reader.Frame(0, 1, b"", 2, 2)]
        raise isolated.Died("crashed", "the decoder crashed")

    monkeypatch.setattr(isolated.Process, "run", fail_late)
    job = clip_examples.Job(
        pathlib.Path(), reader.Config(), 1, isolated.Config()
    )
    assert list(clip_examples.generate(job, [annotations.Clip("a.mp4")])) == []


def test_a_word_stands_in_the_chunk_where_it_begins(layout):
    words = tuple(
        annotations.Word(text, start, end)
        for text, start, end in (("a", 0.0, 0.15), ("b", 0.11, 0.2))
    )
    clip = annotations.Clip("train/walk/b.mp4", words=words)
    job = clip_examples.Job(
        layout, reader.Config(), tfds_layout.CHUNK, isolated.Config()
    )
    found = [each["words"] for _, each in clip_examples.generate(job, [clip])]
    assert found == [
        [{"text": "a", "start": 0, "end": 150_000}],
        [{"text": "b", "start": 110_000, "end": 200_000}],
        [],
    ]


def test_every_source_has_a_configuration():
    names = registry.names_in(source_configs.SOURCES)
    made = video_clips_dataset_builder.Builder.BUILDER_CONFIGS
    assert {config.source for config in made} == set(names)
    assert len({config.name for config in made}) == len(made)


def test_a_source_with_split_numbers_has_a_configuration_for_each():
    made = source_configs.all_configs()
    numbers = {
        config.name: config.source_config.split_number
        for config in made
        if hasattr(config.source_config, source_configs.NUMBERED)
    }
    for name, number in numbers.items():
        assert name.endswith(f"_{number}")


def test_settings_may_be_plain_dictionaries():
    config = Config(name="small", media={"short_side": 64, "frame_rate": 5})
    assert config.media == reader.Config(short_side=64, frame_rate=5)


@pytest.mark.parametrize(
    "given", [{"media": {"quality": 0}}, {"source": "x"}, {"chunk_frames": 0}]
)
def test_a_wrong_configuration_is_refused(given):
    with pytest.raises(errors.UserError):
        Config(name="wrong", **given)
