import dataclasses

import pytest

from pipelines import batch
from tfrecords_tools.base import errors, settings


def test_shape_is_time_height_width_colour():
    assert batch.ClipSpec(frames=4, size=32).shape == (4, 32, 32, 3)


def test_short_side_is_the_size_where_it_is_not_given():
    assert batch.ClipSpec(size=32).scaled_short_side == 32


def test_short_side_below_the_size_is_refused():
    with pytest.raises(errors.UserError, match="--clip.short_side=31"):
        batch.ClipSpec(size=32, short_side=31)


def test_clip_is_by_time_where_its_stride_is_in_seconds():
    assert batch.ClipSpec(stride_seconds=0.1).by_time
    assert not batch.ClipSpec().by_time


def test_stride_in_frames_and_in_seconds_is_refused():
    with pytest.raises(errors.UserError, match="stride=4 .*stride_seconds=0.1"):
        batch.ClipSpec(stride=4, stride_seconds=0.1)


@pytest.mark.parametrize("sampling", ["uniform", "segments"])
@pytest.mark.parametrize(
    "ignored", [{"stride": 4}, {"stride_seconds": 0.1}, {"speed_jitter": 0.5}]
)
def test_setting_that_the_sampling_ignores_is_refused(sampling, ignored):
    (name,) = ignored
    with pytest.raises(errors.UserError, match=f"--clip.{name}=.*{sampling}"):
        batch.ClipSpec(sampling=sampling, **ignored)


def test_speed_changes_with_either_stride():
    batch.ClipSpec(stride=4, speed_jitter=0.5)
    batch.ClipSpec(stride_seconds=0.1, speed_jitter=0.5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sampling": "dens"},
        {"short": "stretch"},
        {"stride_seconds": 0.0},
        {"speed_jitter": -0.1},
    ],
)
def test_value_outside_its_limits_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(errors.UserError, match=f"--clip.{name}="):
        settings.check(dataclasses.replace(batch.ClipSpec(), **wrong), "clip")
