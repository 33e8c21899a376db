import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch
from pipelines.extra_inputs import low_resolution
from tfrecords_tools.base import errors, registry
from video_models import objective
from video_models.introspection import layer_paths
from video_models.objectives import super_resolution

CLIP = batch.ClipSpec(frames=2, size=16)
LOW = {"low_resolution": low_resolution.Config(factor=2)}


def tiny(folder, name):
    module = registry.load(f"video_models.{folder}", name)
    return registry.Chosen(name, module, module.TINY)


def build(
    generator="srresnet",
    discriminators=(),
    features=None,
    inputs=LOW,
    **changes,
):
    components = objective.Components(
        generator=tiny("generators", generator),
        discriminator=tuple(tiny("discriminators", c) for c in discriminators),
        features=features,
    )
    config = dataclasses.replace(super_resolution.TINY, **changes)
    task = objective.Task(CLIP, (), extra_inputs=inputs)
    return super_resolution.build(
        config, components, task, keras.optimizers.SGD
    )


def clips():
    random = np.random.default_rng(0)
    true = random.uniform(0, 255, (2, 2, 16, 16, 3))
    low = true.reshape(2, 2, 8, 2, 8, 2, 3).mean(axis=(3, 5))
    return {
        "frames": tf.constant(true, tf.float32),
        "low_frames": tf.constant(np.round(low), tf.uint8),
        "mask": tf.ones(2),
    }


def losses(goal, player="generator", step=0, batch=None):
    batch = clips() if batch is None else batch
    outputs = goal.forward(player, batch, None, step)
    return goal.losses(player, batch, outputs, step)


def test_untrained_network_is_the_bicubic_enlargement():
    goal, batch = build(), clips()
    generated = goal.forward("generator", batch, None, 0)["frames"]
    wanted = tf.image.resize(
        tf.cast(batch["low_frames"][0], tf.float32), (16, 16), "bicubic"
    )
    np.testing.assert_allclose(generated[0], wanted, atol=1e-2)


def test_report_measures_the_input_as_well():
    goal = build()
    given = {k: v[:, None] for k, v in clips().items() if k != "mask"}
    counts = goal.counts(goal.networks, {**given, "mask": tf.ones(2)})
    report = goal.report({k: np.asarray(v) for k, v in counts.items()})
    assert report["psnr"] == pytest.approx(report["input_psnr"], abs=1e-3)
    assert set(report) == {
        f"{of}{what}"
        for of in ("", "input_")
        for what in ("psnr", "ssim", "flicker")
    }


def test_without_discriminators_there_is_one_player():
    assert [p.name for p in build().players] == ["generator"]


def test_generator_does_not_hear_the_discriminator_while_it_warms_up():
    goal = build(discriminators=("video",), warm_up=10)
    before = losses(goal, step=9)["adversarial"]
    after = losses(goal, step=10)["adversarial"]
    assert not np.any(before) and np.all(after != 0)


def test_weights_of_losses_multiply_them():
    once, twice = (losses(build(pixels=w))["pixels"] for w in (1.0, 2.0))
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-5)


def test_flow_is_taught_where_there_is_one():
    assert "flow" in losses(build("recurrent_sr"))
    assert "flow" not in losses(build("srresnet"))


@pytest.mark.parametrize("name", ["flow", "pixels"])
def test_flow_learns_from_warped_frames_alone(name):
    goal = build("recurrent_sr")
    network = goal.networks["generator"]
    last = network.get_layer("last").kernel  # Zeros: they pass nothing on.
    last.assign(tf.ones(last.shape))
    (kernel,) = (
        each.variable
        for each in layer_paths.weights(network)
        if each.path.endswith("level0_change/kernel")
    )
    with tf.GradientTape() as tape:
        loss = losses(goal)[name]
    gradient = tape.gradient(loss, kernel.value)
    assert (gradient is not None) == (name == "flow")


def test_features_are_compared_with_those_of_the_true_clip():
    backbone = tiny("backbones", "frame_conv").build(CLIP)
    goal = build(features=backbone, perceptual=1.0)
    assert np.all(losses(goal)["perceptual"] > 0)
    batch = clips()
    same = goal.losses("generator", batch, {"frames": batch["frames"]}, 0)
    np.testing.assert_allclose(same["perceptual"], 0, atol=1e-6)


@pytest.mark.parametrize("factor", [1, 4])
def test_frames_are_enlarged_as_much_as_the_view_reduces_them(factor):
    view = low_resolution.Config(factor=factor)
    goal = build(inputs={"low_resolution": view})
    generated = goal.predict(goal.networks, tf.zeros((1, 2, 4, 4, 3)))["frames"]
    assert generated.shape == (1, 2, 4 * factor, 4 * factor, 3)
    assert goal.enhances.factor == factor


def test_clips_without_a_worse_copy_are_refused():
    with pytest.raises(
        errors.UserError, match="add --extra_inputs=low_resolution"
    ):
        build(inputs={})


def test_features_that_are_not_given_are_missed_before_a_first_step():
    with pytest.raises(errors.UserError, match="give --features"):
        build(perceptual=1.0).check_input()


def test_generator_of_noise_is_refused():
    with pytest.raises(errors.UserError, match="frames of frames"):
        build("content_motion")


def test_pieces_of_videos_are_made_by_the_same_weights():
    goal = build("recurrent_sr")
    network = goal.enhances.network(goal.networks)
    assert network.input.shape[1] == goal.enhances.frames
    for one, other in zip(
        network.get_weights(),
        goal.networks["generator"].get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("generator", ["srresnet", "recurrent_sr"])
def test_losses_are_float32_in_mixed_precision(generator):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        found = losses(build(generator, temporal=1.0))
        assert all(value.dtype == "float32" for value in found.values())
    finally:
        keras.config.set_dtype_policy(before)
