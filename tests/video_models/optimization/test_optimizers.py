import keras
import numpy as np
import pytest

from tfrecords_tools.base import errors
from video_models.optimization import optimizers


def step(config, rate=0.1, weight=1.0, gradient=2.0, steps=1, shape=(1, 1)):
    """The weight after steps along an unchanging gradient."""
    variable = keras.Variable(np.full(shape, weight), name="kernel")
    optimizer = optimizers.build(config, rate)
    for _ in range(steps):
        gradients = [keras.ops.full(shape, gradient)]
        optimizer.apply(gradients, [variable])
    return float(np.ravel(variable.numpy())[0])


def test_sgd_subtracts_the_rate_times_the_gradient():
    config = optimizers.Config(name="sgd")
    assert step(config) == pytest.approx(1 - 0.1 * 2)


def test_momentum_keeps_a_share_of_the_last_update():
    config = optimizers.Config(name="momentum", momentum=0.5)
    # First 0.2, then 0.2 + 0.5 * 0.2.
    assert step(config, steps=2) == pytest.approx(1 - 0.2 - 0.3)


def test_adagrad_divides_by_the_root_of_summed_squares():
    config = optimizers.Config(name="adagrad", epsilon=0.0)
    # Keras' sum begins at 0.1.
    assert step(config) == pytest.approx(1 - 0.1 * 2 / np.sqrt(0.1 + 4))


def test_first_step_of_adam_is_the_rate():
    config = optimizers.Config(name="adam")
    assert step(config) == pytest.approx(1 - 0.1, abs=1e-5)


def test_adamw_also_takes_a_share_of_the_weight():
    config = optimizers.Config(name="adamw", weight_decay=0.5)
    assert step(config, weight=2.0) == pytest.approx(
        2 - 0.1 * 0.5 * 2 - 0.1, abs=1e-5
    )


def test_adamw_decays_by_a_hundredth_where_nothing_is_said():
    assert step(optimizers.Config(), weight=2.0) == pytest.approx(
        2 - 0.1 * 0.01 * 2 - 0.1, abs=1e-5
    )


@pytest.mark.parametrize("name", ["sgd", "momentum", "adagrad", "adam"])
def test_weight_decay_of_another_optimizer_is_refused(name):
    with pytest.raises(errors.UserError, match=f"{name}: wanted adamw"):
        optimizers.build(optimizers.Config(name=name, weight_decay=0.01), 0.1)
    optimizers.build(optimizers.Config(name=name, weight_decay=0.0), 0.1)


def test_adamw_leaves_vectors_alone():
    config = optimizers.Config(name="adamw", weight_decay=0.5)
    assert step(config, weight=2.0, shape=(3,)) == pytest.approx(
        2 - 0.1, abs=1e-5
    )


def test_penalties_are_added_to_the_gradients_of_kernels():
    config = optimizers.Config(l1=0.1, l2=0.01)
    kernel = keras.Variable([[-2.0, 3.0]], name="kernel")
    (found,) = optimizers.penalty_gradients(
        config, [keras.ops.ones((1, 2))], [kernel]
    )
    np.testing.assert_allclose(
        found, [[1 - 0.1 - 0.02, 1 + 0.1 + 0.03]], rtol=1e-6
    )


def test_penalties_spare_vectors_and_what_has_no_gradient():
    config = optimizers.Config(l1=0.1, l2=0.01)
    vector = keras.Variable([1.0], name="gamma")
    kernel = keras.Variable([[1.0]], name="kernel")
    found = optimizers.penalty_gradients(
        config, [keras.ops.ones(1), None], [vector, kernel]
    )
    assert float(found[0][0]) == 1.0
    assert found[1] is None
