import json
import shutil

import numpy as np
import pytest
import tensorflow as tf

from launch.commands import export, predict
from launch.prediction import video_windows
from launch.runs import restored_run
from launch.serving import loaded_model
from pipelines import clip_dataset
from pipelines.decoding import frame_decoding
from pipelines.reading import clip_reading, shard_reader
from pipelines.sampling import clip_sampling
from tests import forked
from tfrecords_tools.base import flags
from tfrecords_tools.media import reader
from tfrecords_tools.media.writing import writer


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "a.mp4"
    noise = np.random.default_rng(0).integers(0, 255, (30, 48, 64, 3))
    writer.write_mp4(path, noise.astype(np.uint8), 25)
    return path


@pytest.fixture(scope="module")
def in_memory(trained):
    return restored_run.load_run(str(trained))


@pytest.fixture(scope="module")
def loaded(exported):
    return loaded_model.LoadedModel(exported)


def test_exported_model_gives_the_scores_of_the_network_in_memory(
    in_memory, loaded, toy_shards
):
    data = shard_reader.ShardReader(toy_shards, "validation")
    batch_shard = clip_dataset.BatchShard(4)
    wanted = in_memory.experiment.input
    batch = next(iter(clip_dataset.evaluation(data, wanted, batch_shard)))
    expected = in_memory.objective.predict(
        in_memory.networks, tf.cast(batch["frames"][:, 0], tf.float32)
    )["scores"]
    jpegs = []
    for number in range(4):
        chunks = data.table.chunks(tf.constant(number, tf.int64))
        picked = clip_sampling.evaluation_frames(
            chunks.stored_frames(), wanted.clip, 0, 1
        )
        record = clip_reading.read(
            chunks, clip_reading.Picked(picked), data.manifest
        )
        jpegs.append(record["frames"].numpy().tolist())
    np.testing.assert_allclose(loaded.scores(jpegs), expected, atol=1e-5)


def test_pixels_and_jpeg_bytes_give_the_same_scores(loaded, video):
    clip = loaded.metadata.clip
    windows = video_windows.cover_video(video, clip, loaded.metadata.media)
    jpegs = next(windows).jpegs
    pixels = frame_decoding.decode_clip(tf.constant(jpegs))
    model = tf.saved_model.load(str(loaded.path))
    scores = model.signatures["predict_tensor"](frames=pixels[None])["scores"]
    np.testing.assert_allclose(loaded.scores([jpegs]), scores, atol=1e-6)


def test_file_and_its_jpeg_bytes_give_the_same_scores(loaded, video):
    clip, media = loaded.metadata.clip, loaded.metadata.media
    stored = [f.data for f in reader.read_frames(video, media)]
    length = clip.frames * clip.stride
    starts = [0, 8, 16, len(stored) - length]
    # The clip is centred in its window: one frame is left over, at its start.
    clips = [stored[s + 1 : s + length : clip.stride] for s in starts]
    expected = loaded.scores(clips).mean(axis=0)
    asked = predict.Config(model="", videos="")
    (row,) = predict.predict(loaded, video, asked)
    assert row["score"] == pytest.approx(expected.max(), abs=1e-5)
    assert row["label"] == loaded.metadata.labels[expected.argmax()]


def test_labels_are_an_asset(loaded):
    text = (loaded.path / "assets" / "labels.txt").read_text()
    assert tuple(text.splitlines()) == loaded.metadata.labels


def test_next_export_is_the_next_version(trained, exported, tmp_path):
    output = shutil.copytree(exported, tmp_path / "export")
    asked = [f"--workdir={trained}", f"--output={output}"]
    export.main(flags.parse(export.COMMAND, asked))
    assert sorted(p.name for p in output.iterdir()) == ["1", "2"]


def test_warm_up_is_read_by_the_stubs_of_tensorflow_serving(loaded):
    apis = pytest.importorskip("tensorflow_serving.apis.prediction_log_pb2")
    path = loaded.path / "assets.extra" / "tf_serving_warmup_requests"
    (record,) = tf.data.TFRecordDataset(str(path))
    request = apis.PredictionLog.FromString(record.numpy()).predict_log.request
    frames = tf.make_ndarray(request.inputs["frames_bytes"])
    assert request.model_spec.signature_name == "serving_default"
    assert frames.shape == (1, loaded.metadata.clip.frames)


def test_windows_tile_the_time_of_a_video(loaded, video):
    windows = video_windows.split_by_seconds(
        video, loaded.metadata.clip, loaded.metadata.media, 0.5
    )
    times = [window[:2] for window in windows]
    assert times == [(0.0, 0.5), (0.5, 1.0), (1.0, pytest.approx(1.2))]


def test_predict_prints_json_lines_and_fails_for_a_broken_file(
    exported, video, tmp_path
):
    folder = tmp_path / "videos"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(video.read_bytes())
    (folder / "broken.mp4").write_bytes(b"no video")
    done = forked.run(
        "launch.predict", f"--model={exported}", f"--videos={folder}", "--json"
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    names = ["a.mp4", "broken.mp4"]
    assert [row["path"] for row in rows] == [str(folder / n) for n in names]
    assert set(rows[0]) == {"path", "label", "score", "best", "seconds"}
    assert set(rows[1]) == {"path", "error"}
    assert done.returncode == 1
    assert "broken.mp4" in done.stderr and "Traceback" not in done.stderr
