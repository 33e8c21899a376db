import pytest

from launch.embedding import encoders
from tfrecords_tools.base import errors, registry

CLIP = encoders.Clip()


def test_one_encoder_is_wanted():
    with pytest.raises(errors.UserError, match="--model and --workdir"):
        encoders.choose("m", "w", {"backbone": (), "temporal": ()}, CLIP)


def test_frames_alone_are_followed_by_statistics():
    chosen = registry.choose(encoders.BACKBONES, "frame_conv")
    assert encoders.default_temporal(chosen).name == "statistics"


def test_a_run_has_its_own_clip_and_temporal_block():
    chosen = {
        "backbone": (),
        "temporal": (registry.choose(encoders.TEMPORAL, "statistics"),),
    }
    clip = encoders.Clip(size=64, frames=2)
    with pytest.raises(errors.UserError) as caught:
        encoders.choose(None, "w", chosen, clip)
    assert "--temporal, --clip.frames and --clip.size" in str(caught.value)
