import pytest

from pipelines import batch
from tfrecords_tools.base import errors


def test_shape_is_time_height_width_colour():
    assert batch.ClipSpec(frames=4, size=32).shape == (4, 32, 32, 3)


def test_short_side_is_the_size_where_it_is_not_given():
    assert batch.ClipSpec(size=32).scaled_short_side == 32


def test_short_side_below_the_size_is_refused():
    with pytest.raises(errors.UserError, match="--clip.short_side=31"):
        batch.ClipSpec(size=32, short_side=31)
