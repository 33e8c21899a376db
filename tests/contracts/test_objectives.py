"""What every file of `video_models/objectives` must hold to."""

import dataclasses
import functools
import json
import os
import pathlib
import tempfile

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch
from pipelines.extra_inputs import low_resolution, noise
from tests.contracts import network_checks
from tfrecords_tools.base import registry
from video_models import objective
from video_models.optimization import optimizers

FOLDER = "video_models.objectives"
TASK = objective.Task(
    clip=batch.ClipSpec(frames=4, size=16),
    labels=("fall", "jump", "run"),
    label_counts=(2, 1, 1),
    tasks={"place": objective.LabelSet(("inside", "outside"))},
    clips=4,
    extra_inputs={
        "low_resolution": low_resolution.Config(factor=2),
        "noise": noise.Config(length=8),
    },
    audio=batch.AudioSpec("log_mel", 8000, 800, columns=10, bins=8, hop=80),
)
IN_VIEWS = (
    "low_frames",
    "noise",
    "other_noise",
    "augment_seeds",
    "spectrogram",
    "has_audio",
)
SEED = np.array([1, 2], np.int32)

every_objective = pytest.mark.parametrize("name", registry.names_in(FOLDER))


def tiny(folder, name):
    module = registry.load(f"video_models.{folder}", name)
    return registry.Chosen(name, module, module.TINY)


def parts_of(module):
    takes = module.COMPONENTS
    own = {
        "backbone": tiny("backbones", "frame_conv"),
        "temporal": tiny("temporal", "attention"),
        "head": tiny("heads", module.HEAD or "classifier"),
        "generator": tiny("generators", module.GENERATOR or "srresnet"),
        "discriminator": tuple(
            tiny("discriminators", each) for each in module.DISCRIMINATORS or ()
        ),
        "features": tiny("backbones", "frame_conv").build(TASK.clip)
        if "features" in takes
        else None,
    }
    if "audio" in (module.MODALITIES or ()):
        own["audio_backbone"] = tiny("audio_backbones", "spectrogram_conv")
    return objective.Components(**{key: own.get(key) for key in takes})


def style_image():
    path = pathlib.Path(tempfile.gettempdir(), f"style-{os.getpid()}.png")
    rows, columns = np.mgrid[0:20, 0:24]
    waves = [127 + 120 * np.sin(rows / n + columns) for n in (1, 2, 3)]
    cv2.imwrite(str(path), np.stack(waves, -1).astype(np.uint8))
    return str(path)


def fresh(name):
    chosen = tiny("objectives", name)
    if hasattr(chosen.config, "style"):
        config = dataclasses.replace(chosen.config, style=style_image())
        chosen = chosen._replace(config=config)
    adam = optimizers.Config(name="adam")
    return chosen.build(
        parts_of(chosen.module), TASK, lambda: optimizers.build(adam, 3e-3)
    )


built = functools.cache(fresh)


def training_batch():
    generator = np.random.default_rng(0)
    frames = generator.uniform(0, 255, (4, *TASK.clip.shape))
    return {
        "frames": tf.constant(frames, tf.float32),
        "label": tf.constant([0, 1, 2, 0]),
        "label.place": tf.constant([0, 1, -1, 1]),
        "mask": tf.ones(4),
        "clip_id": tf.range(4, dtype=tf.int64),
        "low_frames": tf.cast(frames[:, :, ::2, ::2], tf.uint8),
        "noise": tf.constant(generator.normal(size=(4, 5, 8)), tf.float32),
        "other_noise": tf.constant(
            generator.normal(size=(4, 5, 8)), tf.float32
        ),
        "augment_seeds": tf.constant(
            generator.uniform(size=(4, 2, 8)), tf.float32
        ),
        "spectrogram": tf.constant(
            generator.normal(size=(4, *TASK.audio.shape)), tf.float32
        ),
        "has_audio": tf.constant([1.0, 1.0, 0.0, 1.0]),
    }


def evaluation_batch(rows, views=2):
    given = {key: value[rows] for key, value in training_batch().items()}
    frames = tf.stack([given["frames"] * v for v in (1, 0.5)][:views], 1)
    for key in IN_VIEWS:
        given[key] = tf.stack([given[key]] * views, 1)
    return {**given, "frames": frames}


def added(*counts):
    return {
        key: sum(np.asarray(each[key]) for each in counts) for key in counts[0]
    }


def losses(goal, player, examples):
    outputs = goal.forward(player.name, examples, SEED, 0)
    return goal.losses(player.name, examples, outputs, 0)


@every_objective
def test_players_train_networks_that_exist(name):
    for player in built(name).players:
        assert player.networks
        assert set(player.networks) <= set(built(name).networks)


@every_objective
def test_a_loss_is_one_float32_an_example(name):
    for player in built(name).players:
        for loss in losses(built(name), player, training_batch()).values():
            assert loss.shape == (4,)
            assert loss.dtype == "float32"


@every_objective
def test_a_loss_is_float32_under_mixed_precision(name):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        goal = fresh(name)
        for player in goal.players:
            for loss in losses(goal, player, training_batch()).values():
                assert loss.dtype == "float32"
                assert np.all(np.isfinite(loss))
    finally:
        keras.config.set_dtype_policy(before)


@every_objective
def test_training_lowers_the_loss_of_a_single_player(name):
    goal = fresh(name)
    if len(goal.players) > 1:
        pytest.skip("players against each other have no loss to lower")
    (player,) = goal.players
    trained = [
        variable
        for network in player.networks
        for variable in goal.networks[network].trainable_variables
    ]
    player.optimizer.build(trained)

    @tf.function
    def step(examples):
        with tf.GradientTape() as tape:
            each = losses(goal, player, examples).values()
            total = tf.reduce_mean(tf.add_n(list(each)))
        player.optimizer.apply(tape.gradient(total, trained), trained)
        return total

    found = [float(step(training_batch())) for _ in range(10)]
    assert np.mean(found[-3:]) < np.mean(found[:3])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.full] * (name == "gan"))
        for name in registry.names_in(FOLDER)
    ],
)
def test_forward_and_losses_compile(name):
    goal = built(name)
    for player in goal.players:
        compiled = tf.function(
            lambda examples, player=player: losses(goal, player, examples),
            jit_compile=not goal.needs_gather,
        )
        for loss in compiled(training_batch()).values():
            assert np.all(np.isfinite(loss))


@every_objective
def test_forward_and_losses_have_static_shapes(name):
    goal = built(name)
    for player in goal.players:
        traced = tf.function(
            lambda examples, player=player: losses(goal, player, examples)
        ).get_concrete_function(training_batch())
        network_checks.assert_tensors_are_static(traced.graph)


@every_objective
def test_networks_survive_saving(name, tmp_path):
    goal = built(name)
    loaded = {}
    for key, network in goal.networks.items():
        network.save(tmp_path / f"{key}.keras")
        loaded[key] = keras.saving.load_model(tmp_path / f"{key}.keras")
        for one, other in zip(
            network.get_weights(), loaded[key].get_weights(), strict=True
        ):
            np.testing.assert_array_equal(one, other)
    frames = training_batch()["frames"]
    found = goal.predict(loaded, frames)
    for key, value in goal.predict(goal.networks, frames).items():
        np.testing.assert_array_equal(found[key], value)


@every_objective
def test_prediction_is_the_same_after_export(name, tmp_path):
    goal = built(name)
    shape = tf.TensorSpec((None, *TASK.clip.shape), tf.float32, "frames")
    served = tf.Module()
    served.networks = goal.networks
    served.predict = tf.function(
        lambda frames: goal.predict(goal.networks, frames),
        input_signature=[shape],
    )
    tf.saved_model.save(served, str(tmp_path))
    frames = training_batch()["frames"]
    loaded = tf.saved_model.load(str(tmp_path))
    found = loaded.predict(frames)
    for key, value in goal.predict(goal.networks, frames).items():
        np.testing.assert_allclose(found[key], value, rtol=0, atol=1e-5)


@every_objective
def test_prediction_has_one_row_an_example(name):
    frames = training_batch()["frames"]
    outputs = built(name).predict(built(name).networks, frames)
    assert outputs
    for each in outputs.values():
        assert each.shape[0] == 4


@every_objective
def test_answers_name_every_score_of_a_label(name):
    goal = built(name)
    outputs = goal.predict(goal.networks, training_batch()["frames"])
    for key, answer in goal.answers.items():
        assert outputs[key].shape == (4, len(answer.labels))


@every_objective
def test_counts_of_two_batches_add_up(name):
    goal = built(name)
    whole = goal.counts(goal.networks, evaluation_batch(slice(0, 4)))
    first = goal.counts(goal.networks, evaluation_batch(slice(0, 3)))
    last = goal.counts(goal.networks, evaluation_batch(slice(3, 4)))
    for key, value in added(first, last).items():
        np.testing.assert_allclose(value, whole[key], rtol=1e-4)


@every_objective
def test_masked_rows_count_nothing(name):
    goal = built(name)
    padded = evaluation_batch(slice(0, 4))
    padded["mask"] = tf.constant([1.0, 1.0, 1.0, 0.0])
    first = goal.counts(goal.networks, evaluation_batch(slice(0, 3)))
    for key, value in goal.counts(goal.networks, padded).items():
        assert value.dtype == "float32"
        np.testing.assert_allclose(value, first[key], rtol=1e-4)


@every_objective
def test_report_is_plain_values(name):
    goal = built(name)
    counts = goal.counts(goal.networks, evaluation_batch(slice(0, 4)))
    assert json.loads(json.dumps(goal.report(added(counts))))


@every_objective
def test_report_on_nothing_is_finite(name):
    goal = built(name)
    nothing = {**evaluation_batch(slice(0, 4)), "mask": tf.zeros(4)}
    counts = goal.counts(goal.networks, nothing)
    assert json.dumps(goal.report(added(counts)), allow_nan=False)


@every_objective
def test_same_seed_builds_the_same_networks(name):
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        goal = fresh(name)
        found.append(goal.predict(goal.networks, training_batch()["frames"]))
    for key, value in found[0].items():
        np.testing.assert_array_equal(value, found[1][key])
