import json
import os
import shutil

import numpy as np
import pytest

from launch.embedding import (
    embedding_work,
    index_chunks,
    index_files,
    unit_rows,
    video_rows,
)
from launch.serving import loaded_model
from pipelines import batch
from tests.launch.embedding.conftest import embed_into
from tfrecords_tools.base import errors


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def videos_of(folder):
    lines = (folder / index_files.VIDEOS).read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_row_is_a_window_of_a_video(index):
    found = index_files.Index(index)
    paths = [found.window(row).video["path"] for row in range(6)]
    assert paths == ["a.mp4"] * 4 + ["b.mp4", "c.mp4"]
    assert found.window(1)[1:] == pytest.approx((0.32, 0.64))


def test_rows_are_unit_features_of_the_export(index, exported, videos):
    found = index_files.Index(index)
    model = loaded_model.LoadedModel(exported)
    rows = video_rows.embed(model, videos, ["b.mp4"], 8)
    assert found.embeddings.dtype == np.float16
    wanted = rows.features / np.linalg.norm(rows.features)
    np.testing.assert_allclose(found.embeddings[4:5], wanted, atol=2e-3)
    lengths = np.linalg.norm(found.embeddings.astype(float), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=2e-3)


def test_features_of_many_rows_are_standardised():
    features = np.random.default_rng(0).normal(5, (1, 100), (40, 2))
    scaling = unit_rows.measure([features[:10], features[10:]], 2)
    np.testing.assert_allclose(scaling.mean, features.mean(0), rtol=1e-5)
    np.testing.assert_allclose(scaling.deviation, features.std(0), rtol=1e-5)
    lengths = np.linalg.norm(scaling.apply(features), axis=1)
    np.testing.assert_allclose(lengths, 1, rtol=1e-5)


def test_a_feature_that_never_changes_says_nothing():
    features = np.random.default_rng(0).normal(size=(40, 2))
    features[:, 1] = 7
    scaling = unit_rows.measure([features], 2)
    assert (scaling.apply(features)[:, 1] == 0).all()


def test_a_broken_video_is_listed_and_the_rest_is_done(index):
    failed = [video for video in videos_of(index) if "error" in video]
    assert [video["path"] for video in failed] == ["broken.mp4"]
    assert index_files.Index(index).metadata.failed == 1


def test_fingerprint_is_that_of_the_export(index, exported):
    wanted = loaded_model.LoadedModel(exported).features.fingerprint
    assert index_files.Index(index).metadata.fingerprint == wanted


def test_a_stopped_command_goes_on_and_ends_with_the_same_bytes(
    index, exported, videos, tmp_path, monkeypatch
):
    monkeypatch.setattr(video_rows, "_MOST_VIDEOS", 1)
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    embed_into(whole, exported, f"--videos={videos}")
    written, write = [], index_chunks.write_chunk

    def write_two(folder, chunk, rows):
        if len(written) == 2:
            raise KeyboardInterrupt
        write(folder, chunk, rows)
        written.append(chunk.number)

    flags = f"--videos={videos}", "--workers=1"
    with monkeypatch.context() as patch:
        patch.setattr(index_chunks, "write_chunk", write_two)
        with pytest.raises(KeyboardInterrupt):
            embed_into(stopped, exported, *flags)
    assert not stopped.exists()
    again = []
    monkeypatch.setattr(
        index_chunks,
        "write_chunk",
        lambda f, p, r: again.append(p) or write(f, p, r),
    )
    embed_into(stopped, exported, *flags)
    assert len(again) == 2
    assert content(stopped) == content(whole)
    assert not index_chunks.folder_of(stopped).exists()


@pytest.mark.slow
def test_beam_writes_the_same_bytes(exported, videos, tmp_path, monkeypatch):
    pytest.importorskip("apache_beam")
    monkeypatch.setattr(video_rows, "_MOST_VIDEOS", 1)
    local, beam = (
        embed_into(
            tmp_path / name, exported, f"--videos={videos}", f"--engine={name}"
        )
        for name in ("local", "beam")
    )
    assert content(beam) == content(local)


def test_a_changed_video_is_embedded_again(videos, tmp_path):
    copy = shutil.copytree(videos, tmp_path / "videos")
    paths = sorted(os.listdir(copy))
    (before,) = video_rows.plan(copy, paths, [])
    with (copy / "b.mp4").open("ab") as stream:
        stream.write(b"more")
    (after,) = video_rows.plan(copy, paths, [])
    assert before.digest != after.digest


def test_the_same_command_again_changes_nothing(
    index, exported, videos, capsys
):
    before = content(index)
    embed_into(index, exported, f"--videos={videos}")
    assert "nothing to do" in capsys.readouterr().out
    assert content(index) == before


def test_an_index_of_other_videos_is_not_replaced(
    index, exported, videos, tmp_path
):
    shutil.copy(videos / "b.mp4", tmp_path)
    with pytest.raises(errors.UserError, match="index of other videos"):
        embed_into(index, exported, f"--videos={tmp_path}")


def test_nothing_readable_is_an_error_with_the_reason(exported, tmp_path):
    folder = tmp_path / "videos"
    folder.mkdir()
    (folder / "broken.mp4").write_bytes(b"no video")
    output = tmp_path / "index"
    with pytest.raises(errors.UserError, match="nothing could be read.*broken"):
        embed_into(output, exported, f"--videos={folder}")
    assert not output.exists()


def test_clips_of_shards_have_their_labels(exported, toy_shards, tmp_path):
    flags = f"--shards={toy_shards}", "--split=validation"
    output = embed_into(tmp_path / "index", exported, *flags)
    found = index_files.Index(output)
    assert found.metadata.rows == 11
    first = found.window(0)
    assert first.video == {
        "path": "0.mp4",
        "windows": 1,
        "labels": ["dark"],
        "split": "validation",
        "clip": 0,
    }
    assert first.end_seconds > 0.5


@pytest.mark.parametrize("size, wanted", [(64, 8), (224, 2), (1080, 1)])
def test_large_clips_are_embedded_few_at_a_time(size, wanted):
    clip = batch.ClipSpec(frames=16, size=size)
    assert embedding_work.default_batch_size(clip) == wanted
