import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from launch.runs import checkpoints
from launch.training import gradients, train_loop
from pipelines import batch
from tests.launch import toy_objectives
from tfrecords_tools.base import errors, registry
from video_models import objective as objectives
from video_models.optimization import optimizers

OBJECTIVES = (
    toy_objectives.classification,
    toy_objectives.TwoPlayers,
    toy_objectives.Following,
    toy_objectives.gan,
    toy_objectives.modalities,
)
large_in_full = pytest.mark.parametrize(
    "make",
    [
        *OBJECTIVES[:-2],
        *(pytest.param(x, marks=pytest.mark.full) for x in OBJECTIVES[-2:]),
    ],
)


def _loop(
    objective=toy_objectives.TwoPlayers, **settings
) -> train_loop.TrainLoop:
    def make():
        return objective(lambda: keras.optimizers.SGD(0.1))

    config = train_loop.Config(batch_size=8, **settings)
    return train_loop.TrainLoop(make, tf.distribute.get_strategy(), config)


def _batches():
    clips = toy_objectives.clips(8)
    data = tf.data.Dataset.from_tensor_slices(clips).repeat()
    return iter(data.batch(8, drop_remainder=True))


def test_player_moves_only_in_its_steps():
    loop = _loop(steps=2)
    maker = dataclasses.replace(loop.objective.players[1], every=2)
    loop.objective.players = (loop.objective.players[0], maker)
    batches = _batches()
    first = loop.execute(batches, 0)
    second = loop.execute(batches, 1)
    assert any(name.startswith("maker/") for name in first)
    assert not any(name.startswith("maker/") for name in second)


def test_averaged_weights_follow_the_weights():
    loop = _loop(steps=1, ema_decay=0.5)
    variable = loop.objective.networks["generator"].trainable_variables[0]
    copy = loop.averaged["generator"].trainable_variables[0]
    before = variable.numpy()
    loop.execute(_batches(), 0)
    # The decay of the first step is (1 + 0) / (10 + 0).
    expected = 0.1 * before + 0.9 * variable.numpy()
    np.testing.assert_allclose(copy.numpy(), expected, rtol=1e-5, atol=1e-7)


def _weights(network):
    return [variable.numpy() for variable in network.variables]


def test_teacher_follows_after_the_players():
    loop = _loop(toy_objectives.Following, steps=1)
    loop.execute(_batches(), 0)
    networks = loop.objective.networks
    # At step 0 it copies the encoder.
    pairs = (_weights(networks[name]) for name in ("teacher", "encoder"))
    for behind, ahead in zip(*pairs, strict=True):
        np.testing.assert_array_equal(behind, ahead)


def test_unaveraged_network_has_no_copy():
    loop = _loop(toy_objectives.Following, steps=1)
    networks = loop.objective.networks
    assert loop.averaged["teacher"] is networks["teacher"]
    assert loop.averaged["encoder"] is not networks["encoder"]


def test_unaveraged_network_is_stored_once_where_weights_are_looked_for():
    loop = _loop(toy_objectives.Following, steps=1)
    assert "network_teacher" not in loop.state
    teacher = loop.objective.networks["teacher"]
    assert loop.state["average_teacher"] == list(teacher.variables)
    assert "average_teacher" in loop.names


def test_extra_state_is_stored():
    loop = _loop(toy_objectives.Following, steps=1)
    assert loop.state["extra_schedule"] == [loop.objective.decay]


def test_parts_are_refused_where_clips_are_compared():
    def make():
        return toy_objectives.Gathering(keras.optimizers.SGD)

    config = train_loop.Config(batch_size=8, accumulation_steps=2)
    with pytest.raises(errors.UserError, match="--train.accumulation_steps"):
        train_loop.TrainLoop(make, tf.distribute.get_strategy(), config)


@large_in_full
def test_loss_and_gradients_are_the_same_with_xla(make):
    objective = make(lambda: keras.optimizers.SGD(0.1))
    clips = next(_batches())
    seed, zero = tf.zeros(2, tf.int64), tf.constant(0, tf.int64)
    for player in objective.players:
        weights = [
            weight
            for name in player.networks
            for weight in objective.networks[name].trainable_variables
        ]
        networks = objective.networks.values()
        before = [network.get_weights() for network in networks]
        found = []
        for xla in (False, True):
            # Spectral normalisation has a state, which training moves.
            for network, values in zip(networks, before, strict=True):
                network.set_weights(values)
            compute = gradients.build_gradient_function(
                objective, player.name, weights, 8, 1, xla
            )
            found.append(
                tf.function(compute)(clips, seed, zero, tf.constant(0))
            )
        plain, compiled = map(tf.nest.flatten, found)
        largest = [float(tf.reduce_max(tf.abs(one))) for one in plain]
        for one, other, scale in zip(plain, compiled, largest, strict=True):
            # Some are zero but for rounding, as that of an attention's keys.
            spare = max(1e-4 * scale, 1e-6 * max(largest), 1e-8)
            np.testing.assert_allclose(other, one, rtol=1e-4, atol=spare)


@large_in_full
def test_every_player_has_a_gradient(make):
    loop = train_loop.TrainLoop(
        lambda: make(lambda: keras.optimizers.SGD(0.1)),
        tf.distribute.get_strategy(),
        train_loop.Config(steps=1, batch_size=8),
    )
    found = loop.execute(_batches(), 0)
    norms = [v for name, v in found.items() if name.endswith("gradient_norm")]
    assert len(norms) == len(loop.objective.players)
    assert all(float(norm[0]) > 0 for norm in norms)


def _assert_goes_on_to_the_same_bytes(fresh, tmp_path):
    saved = checkpoints.Checkpoints(tmp_path)
    undisturbed, batches = fresh(), _batches()
    for step in range(4):
        if step == 2:
            saved.save(2, undisturbed.state, {})
        undisturbed.execute(batches, step)
    restored, batches = fresh(), _batches()
    saved.restore(2, restored.state)
    next(batches), next(batches)
    for step in (2, 3):
        restored.execute(batches, step)
    for name, variables in undisturbed.state.items():
        for one, other in zip(variables, restored.state[name], strict=True):
            assert one.numpy().tobytes() == other.numpy().tobytes(), name


@large_in_full
def test_restored_loop_goes_on_to_the_same_bytes(make, tmp_path):
    def fresh():
        return train_loop.TrainLoop(
            lambda: make(lambda: keras.optimizers.AdamW(0.01)),
            tf.distribute.get_strategy(),
            train_loop.Config(steps=4, batch_size=8, ema_decay=0.9),
        )

    _assert_goes_on_to_the_same_bytes(fresh, tmp_path)


@pytest.mark.full
def test_restored_loop_with_rates_by_depth_goes_on_to_the_same_bytes(tmp_path):
    config = optimizers.Config(
        name="muon" if optimizers.HAS_MUON else "lion", layer_decay=0.7
    )

    def fresh():
        return train_loop.TrainLoop(
            lambda: toy_objectives.classification(
                lambda: optimizers.build(config, 0.01), "batch", dropout=0.3
            ),
            tf.distribute.get_strategy(),
            train_loop.Config(
                steps=4, batch_size=8, **toy_objectives.WITH_CARE
            ),
        )

    _assert_goes_on_to_the_same_bytes(fresh, tmp_path)


def test_compiled_step_has_static_shapes_only():
    clip = batch.ClipSpec(frames=4, size=16)
    components = objectives.Components(
        *(
            registry.choose(f"video_models.{package}", name)
            for package, name in (
                ("backbones", "frame_conv"),
                ("temporal", "attention"),
                ("heads", "classifier"),
            )
        )
    )
    chosen = registry.choose("video_models.objectives", "classification")
    task = objectives.Task(clip, ("a", "b"))
    loop = train_loop.TrainLoop(
        lambda: chosen.build(components, task, keras.optimizers.AdamW),
        tf.distribute.get_strategy(),
        train_loop.Config(batch_size=2),
        xla=True,
    )
    example = {
        "frames": tf.zeros((2, *clip.shape), tf.uint8),
        "label": tf.zeros(2, tf.int32),
        "mask": tf.ones(2),
    }
    compute = loop._gradients["classifier"]
    seed = tf.zeros(2, tf.int64)
    step, replica = tf.constant(0, tf.int64), tf.constant(0)
    compute(example, seed, step, replica)
    lower = compute.experimental_get_compiler_ir(example, seed, step, replica)
    # XLA writes a dimension that is only bounded as <=16.
    assert "<=" not in lower(stage="hlo")


def test_patience_without_evaluations_is_refused():
    with pytest.raises(errors.UserError, match="give --train.evaluate_every"):
        _loop(steps=1, patience=2)
