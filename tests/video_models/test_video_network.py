import keras
import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models import video_network

CLIP = batch.ClipSpec(frames=8, size=16)
FRAMES = np.random.default_rng(0).uniform(0, 255, (2, *CLIP.shape))


def tiny(kind, name):
    module = registry.load(f"video_models.{kind}", name)
    return registry.Chosen(name, module, module.TINY)


def build(
    backbone="frame_conv", temporal="attention", head="classifier", clip=CLIP
):
    return video_network.build(
        tiny("backbones", backbone),
        tiny("temporal", temporal),
        tiny("heads", head),
        clip,
        classes=3,
    )


@pytest.mark.parametrize("temporal", registry.names_in("video_models.temporal"))
def test_every_temporal_block_goes_with_a_backbone_and_a_head(temporal):
    assert build(temporal=temporal).output.shape == (None, 3)


def test_published_head_is_that_of_the_backbone():
    network = build("r2plus1d", "none", "published")
    assert network.get_layer("published_head").output.shape == (None, 3)


def test_published_head_wants_a_backbone_that_has_one():
    with pytest.raises(errors.UserError, match="frame_conv has none"):
        build("frame_conv", "none", "published")


def test_published_head_leaves_no_room_for_a_temporal_block():
    with pytest.raises(errors.UserError, match="wanted --temporal=none"):
        build("r2plus1d", "attention", "published")


def test_head_for_time_steps_is_refused_after_a_block_without_them():
    with pytest.raises(errors.UserError, match="statistics.*head=classifier"):
        build(temporal="statistics", head="per_frame")


def test_trunk_ends_before_the_head():
    trunk = video_network.trunk(
        tiny("backbones", "frame_conv"), tiny("temporal", "none"), CLIP
    )
    assert trunk.output.shape == (None, 8, 8)


@pytest.mark.full
def test_network_is_an_ordinary_keras_model_that_fits():
    network = build()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile("adam", loss)
    history = network.fit(FRAMES, np.array([0, 1]), epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"][0])


def test_logits_are_float32_under_mixed_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = build()
        assert network.get_layer("frame_conv").compute_dtype == "bfloat16"
        assert network(FRAMES).dtype == "float32"
    finally:
        keras.config.set_dtype_policy(before)


def test_attention_knows_the_order_of_the_frames():
    network = build()
    assert np.max(np.abs(network(FRAMES) - network(FRAMES[:, ::-1]))) > 1e-4


def test_without_a_temporal_block_the_order_is_lost():
    network = build(temporal="none")
    np.testing.assert_allclose(
        network(FRAMES), network(FRAMES[:, ::-1]), atol=1e-5
    )


def test_network_survives_saving(tmp_path):
    network = build()
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(loaded(FRAMES), network(FRAMES))


def test_clip_too_small_for_a_backbone_is_refused_with_the_cause():
    s3d = registry.choose("video_models.backbones", "s3d")
    clip = batch.ClipSpec(frames=1, size=8)
    with pytest.raises(errors.UserError, match="--clip.size=8: .*negative"):
        video_network.build(
            s3d, tiny("temporal", "none"), tiny("heads", "classifier"), clip, 3
        )
