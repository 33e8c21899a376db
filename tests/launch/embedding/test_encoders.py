import pytest

from launch.embedding import encoders
from tfrecords_tools.base import errors, registry


def test_one_encoder_is_wanted():
    with pytest.raises(errors.UserError, match="--model and --workdir"):
        encoders.choose("m", "w", {"backbone": (), "temporal": ()}, None)


def test_frames_alone_are_followed_by_statistics():
    chosen = registry.choose(encoders.BACKBONES, "frame_conv")
    assert encoders.default_temporal(chosen).name == "statistics"
