import pytest
import tensorflow as tf

from pipelines import batch
from pipelines.sampling import clip_length, clip_sampling, time_sampling
from tfrecords_tools.base import errors

WHOLE = {"frames": 64, "stride": 1, "short": "refuse"}
SPREAD = {"frames": 8, "sampling": "segments", "short": "refuse"}


def refusal(spec, frames=1000, seconds=1000.0, **kwargs):
    with pytest.raises(errors.UserError) as error:
        clip_length.check(batch.ClipSpec(**spec), frames, seconds, **kwargs)
    return str(error.value)


def test_refusal_says_got_wanted_and_remedy():
    assert refusal({"frames": 16, "stride": 4, "short": "refuse"}, 40) == (
        "clip needs 61 frames, shortest video has 40: lower --clip.stride or "
        "set --clip.short=loop"
    )


def test_refusal_by_time_speaks_of_seconds():
    spec = {"frames": 16, "stride_seconds": 0.2, "short": "refuse"}
    assert refusal(spec, seconds=2.5) == (
        "clip needs 3 s, shortest video has 2.5 s: lower "
        "--clip.stride_seconds or set --clip.short=loop"
    )


@pytest.mark.parametrize("spec", [WHOLE, SPREAD])
def test_frames_are_lowered_where_there_is_no_stride_to_lower(spec):
    assert "lower --clip.frames or" in refusal(spec, 7)


def test_video_of_just_the_clips_length_is_long_enough():
    clip_length.check(batch.ClipSpec(**WHOLE), 64, 1.0)
    assert "needs 64 frames" in refusal(WHOLE, 63)


def test_one_frame_fits_into_every_video():
    clip = batch.ClipSpec(frames=1, stride=9, short="refuse")
    clip_length.check(clip, 1, 0.04)


@pytest.mark.parametrize("short", ["loop", "pad"])
def test_short_videos_are_not_asked_about_where_they_are_taken(short):
    clip_length.check(batch.ClipSpec(frames=64, short=short), 1, 0.04)


def test_faster_clips_of_training_need_longer_videos():
    spec = {"frames": 11, "stride": 2, "speed_jitter": 0.5, "short": "refuse"}
    assert "needs 31 frames" in refusal(spec, 21)
    clip_length.check(batch.ClipSpec(**spec), 21, 1.0, training=False)


def in_graph(clip, length):
    """Training and evaluation of a video of so many frames, or so long."""
    seeds = ((tf.constant([s, 0], tf.int64)) for s in range(20))
    if clip.by_time:
        time_sampling.evaluation_times(0, length, clip, 0, 1)
        [time_sampling.training_times(0, length, clip, s) for s in seeds]
    else:
        clip_sampling.evaluation_frames(length, clip, 0, 1)
        [clip_sampling.training_frames(length, clip, s) for s in seeds]


@pytest.mark.parametrize(
    ("spec", "least"),
    [
        ({"frames": 5, "stride": 3}, 13),
        ({"frames": 5, "stride": 3, "speed_jitter": 0.7}, 21),
        ({"frames": 5, "stride_seconds": 1 / 30}, 133_334),
        ({"frames": 5, "sampling": "uniform"}, 5),
        ({"frames": 5, "sampling": "segments"}, 5),
        ({"frames": 1, "stride": 3}, 1),
    ],
)
def test_what_is_said_before_is_what_the_graph_takes(spec, least):
    clip = batch.ClipSpec(short="refuse", **spec)
    assert clip_length.shortage(clip, least, least / 1e6, True) is None
    assert clip_length.shortage(clip, least - 1, (least - 1) / 1e6, True)
    in_graph(clip, least)


@pytest.mark.parametrize(
    ("spec", "most"),
    [
        ({"frames": 5, "stride": 3}, 12),
        ({"frames": 5, "stride_seconds": 1 / 30}, 133_333),
        ({"frames": 5, "sampling": "uniform"}, 4),
        ({"frames": 5, "sampling": "segments"}, 4),
    ],
)
def test_graph_refuses_what_was_not_said_before(spec, most):
    clip = batch.ClipSpec(short="refuse", **spec)
    with pytest.raises(tf.errors.InvalidArgumentError, match="short=loop"):
        in_graph(clip, most)
