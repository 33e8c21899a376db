import logging
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tests import shards
from tests.tfrecords_tools.numbered_videos import (
    number_in,
    numbered,
    write_video,
)
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
CHUNK = 3
REPOSITORY = pathlib.Path(__file__).parents[2]


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


class VideoClipsTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = video_clips_dataset_builder.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = [
        Config(name="folder", source="video_folder", chunk_frames=CHUNK),
        Config(
            name="table",
            source="csv_file",
            input="labels.csv",
            chunk_frames=CHUNK,
        ),
        Config(
            name="rendered",
            source="demo",
            source_config=demo.Config(
                train_clips=5, validation_clips=2, size=16, frames=CHUNK
            ),
            chunk_frames=CHUNK,
        ),
    ]
    SPLITS = {"train": 5, "validation": 4 // 2}
    asserted = set()

    @classmethod
    def setUpClass(cls):
        cls.EXAMPLE_DIR = write_layout(pathlib.Path(tempfile.mkdtemp()))
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
    return write_layout(tmp_path_factory.mktemp("layout"))


def build(layout, data_dir, download=None, **config):
    given = {"source": "csv_file", "input": "labels.csv"} | config
    builder = video_clips_dataset_builder.Builder(
        data_dir=data_dir,
        config=Config(name="made", chunk_frames=CHUNK, **given),
    )
    download = download or tfds.download.DownloadConfig()
    download.manual_dir = layout
    builder.download_and_prepare(download_config=download)
    return builder


def examples_in(builder, split="train"):
    return list(tfds.as_numpy(builder.as_dataset(split=split)))


@pytest.fixture(scope="module")
def built(layout, tmp_path_factory):
    return build(layout, tmp_path_factory.mktemp("data"))


def of_clip(examples, path):
    found = [each for each in examples if each["path"] == path.encode()]
    return sorted(found, key=lambda each: each["first_frame"])


def test_chunks_of_a_clip_put_together_are_its_frames(built):
    chunks = of_clip(examples_in(built), "train/walk/b.mp4")
    assert [each["first_frame"] for each in chunks] == [0, 3, 6]
    frames = np.concatenate([each["video"] for each in chunks])
    assert [number_in(frame) for frame in frames] == list(range(10, 17))
    times = np.concatenate([each["times"] for each in chunks])
    np.testing.assert_allclose(times, np.arange(7) * 1e6 / 30, atol=1)
    assert {each["clip"] for each in chunks} == {b"train/walk/b"}


def test_frames_are_those_of_the_reader(built, layout):
    stored = list(reader.read_frames(layout / "train/walk/b.mp4"))
    chunks = of_clip(examples_in(built), "train/walk/b.mp4")
    frames = np.concatenate([each["video"] for each in chunks])
    for frame, held in zip(stored, frames, strict=True):
        np.testing.assert_array_equal(tf.io.decode_jpeg(frame.data), held)


def test_a_label_is_its_place_in_the_names(built):
    features = built.info.features
    assert features["label"].names == ["run", "slow", "walk"]
    walk = of_clip(examples_in(built), "train/walk/b.mp4")[0]
    assert walk["label"] == 2 and list(walk["labels"]) == [2, 1]
    none = examples_in(built, "validation")[0]
    assert none["label"] == -1 and list(none["labels"]) == []


def test_label_names_are_known_from_the_folder_alone(built):
    found = tfds.builder_from_directory(built.data_dir)
    assert found.info.features["label"].names == ["run", "slow", "walk"]


def test_captions_and_further_tasks_are_kept(built):
    run = of_clip(examples_in(built), "train/run/a.mp4")[0]
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
    builder = build(tmp_path / "bare", tmp_path / "data", **source)
    split = next(iter(builder.info.splits))
    assert {each["label"] for each in examples_in(builder, split)} == {-1}


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
        builder = build(videos, tmp_path / "data", **source)
    found = {each["path"] for each in examples_in(builder)}
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
    job = clip_examples.Job(layout, reader.Config(), CHUNK, isolated.Config())
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


@pytest.mark.slow
def test_beam_gives_the_same_examples(built, layout, tmp_path, monkeypatch):
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
    on_beam = build(layout, tmp_path, download)
    assert ended == ["DONE"]
    for split in ("train", "validation"):
        plain, found = examples_in(built, split), examples_in(on_beam, split)
        assert len(plain) == len(found)
        for one, other in zip(plain, found, strict=True):
            tf.nest.map_structure(np.testing.assert_array_equal, one, other)


def run_python(*arguments, folder=REPOSITORY):
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def examples_made(data_dir):
    folder = data_dir / "video_clips/video_folder/2.0.0"
    splits = tfds.builder_from_directory(folder).info.splits
    return {name: split.num_examples for name, split in splits.items()}


@pytest.mark.slow
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
