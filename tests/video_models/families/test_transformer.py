import pytest

from tfrecords_tools.base import errors
from video_models.families import transformer


def test_stochastic_depth_grows_with_depth():
    assert transformer.rates(0.2, 3) == [0.0, 0.1, 0.2]


def test_one_block_alone_is_never_left_out():
    assert transformer.rates(0.2, 1) == [0.0]


def test_a_width_that_heads_cannot_share_is_refused():
    with pytest.raises(errors.UserError, match="multiple of 6"):
        transformer.size("s", transformer.Config(width=20))
