import dataclasses
import json
import os
import signal
import threading
import time

import numpy as np
import pytest
import tensorflow as tf

from launch.commands import predict
from launch.prediction import video_stream
from launch.serving import loaded_model
from pipelines.decoding import frame_decoding
from tests.launch import causal_network
from tests.tfrecords_tools.fixtures import numbered_videos
from tfrecords_tools.base import errors, flags
from tfrecords_tools.media import live_video, reader


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """30 frames at 25 a second, as a camera would send them."""
    path = tmp_path_factory.mktemp("video") / "a.ts"
    random = np.random.default_rng(0)
    images = list(random.integers(0, 255, (30, 48, 64, 3)).astype(np.uint8))
    times = [2 * number for number in range(30)]
    base = numbered_videos.Fraction(1, 50)
    return numbered_videos.write_video(path, images, times, base)


@pytest.fixture(scope="module")
def loaded(exported_stream):
    return loaded_model.LoadedModel(exported_stream)


@pytest.fixture
def fifo(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


def follow(loaded, path, **settings):
    predictor = video_stream.StreamPredictor(loaded, str(path), **settings)
    return list(predictor.predict()), predictor.summary()


def asked(exported_stream, videos, *more):
    """Exit code of the command, run here."""
    given = [f"--model={exported_stream}", f"--videos={videos}", "--stream"]
    return predict.main(flags.parse(predict.COMMAND, [*given, *more]))


def rows(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_answers_are_those_about_the_frames_that_shards_store(loaded, video):
    answers, _ = follow(loaded, video)
    # Each second stored frame is one of the clip, and two make a chunk.
    frames = list(reader.read_frames(video, loaded.metadata.media))[::2]
    pixels = np.stack([pixels_of(frame.data) for frame in frames])
    stream = loaded.stream()
    wanted = [
        stream.scores(pixels[None, start : start + 2])[0]
        for start in range(0, 14, 2)
    ]
    found = [answer.scores for answer in answers]
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    ends = [answer.end_seconds for answer in answers]
    assert ends == [frame.time / 1e6 for frame in frames[1::2]]


def pixels_of(jpeg):
    return frame_decoding.decode_clip(tf.constant([jpeg]))[0].numpy()


def test_summary_tells_the_delay_and_the_speed(loaded, video):
    answers, summary = follow(loaded, video)
    delays = [answer.delay_seconds for answer in answers]
    assert summary["frames"] == 15 and summary["answers"] == 7
    assert summary["seconds"] == pytest.approx(28 / 25)
    assert summary["delay_p50_seconds"] == pytest.approx(np.median(delays))
    assert summary["times_real_time"] > 0
    assert summary["keeps_up"] == (summary["times_real_time"] >= 1)


def test_frames_are_forgotten_after_so_many_seconds(loaded, video):
    answers, _ = follow(loaded, video, reset_seconds=0.5)
    starts = sorted({answer.start_seconds for answer in answers})
    assert starts == pytest.approx([0.0, 0.56])


def test_stride_in_seconds_is_kept(loaded, video):
    clip = dataclasses.replace(loaded.metadata.clip, stride_seconds=0.2)
    metadata = dataclasses.replace(loaded.metadata, clip=clip)
    other = loaded_model.LoadedModel(loaded.path)
    other.metadata = metadata
    answers, _ = follow(other, video)
    assert [answer.end_seconds for answer in answers] == [0.2, 0.6, 1.0]


def test_pipe_gives_the_answers_of_the_file(loaded, video, fifo):
    feeder = threading.Thread(
        target=fifo.write_bytes, args=[video.read_bytes()]
    )
    feeder.start()
    through, _ = follow(loaded, fifo)
    feeder.join()
    direct, _ = follow(loaded, video)
    for one, other in zip(through, direct, strict=True):
        assert one.end_seconds == other.end_seconds
        np.testing.assert_array_equal(one.scores, other.scores)


def test_command_follows_what_is_piped_in(
    exported_stream, video, monkeypatch, capsys
):
    kept = os.dup(0)
    with video.open("rb") as stream:
        os.dup2(stream.fileno(), 0)
    try:
        assert asked(exported_stream, "-", "--json") == 0
    finally:
        os.dup2(kept, 0)
        os.close(kept)
    *answers, last = rows(capsys)
    assert len(answers) == last["summary"]["answers"] == 7
    assert {row["path"] for row in [*answers, last]} == {live_video.STDIN}
    assert answers[0]["label"] in causal_network.LABELS
    assert answers[0]["delay_seconds"] > 0


def test_ctrl_c_ends_with_the_summary(exported_stream, video, fifo, capsys):
    over = threading.Event()

    def feed():
        with fifo.open("wb") as stream:
            stream.write(video.read_bytes())
            stream.flush()
            time.sleep(0.7)  # The camera stays on, but has nothing new.
            os.kill(os.getpid(), signal.SIGINT)
            over.wait(60)  # Without the signal it would be on still.

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        assert asked(exported_stream, fifo, "--json") == 130
    finally:
        over.set()
        feeder.join()
    summary = rows(capsys)[-1]["summary"]
    assert summary["answers"] > 3


def test_a_broken_file_is_named_and_fails(exported_stream, tmp_path, capsys):
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    assert asked(exported_stream, tmp_path / "broken.mp4") == 1
    assert "broken.mp4" in capsys.readouterr().err


def test_model_without_a_stream_is_refused(exported, video):
    with pytest.raises(errors.UserError, match="export its run again"):
        asked(exported, video)


def test_people_read_delay_and_verdict(exported_stream, video, capsys):
    assert asked(exported_stream, video) == 0
    *_, first, second = capsys.readouterr().out.splitlines()
    assert first == "7 predictions for 15 frames in 1.1 s of video"
    assert "p95" in second and "real time" in second
