import numpy as np
import pytest
import tensorflow as tf

from tfrecords_tools.base import errors
from video_models.optimization import learning_rates


def rates(at, steps=100, **settings):
    config = learning_rates.Config(base=1.0, **settings)
    schedule = learning_rates.build(config, steps)
    return [pytest.approx(float(schedule(step)), abs=1e-6) for step in at]


def test_constant_is_the_base_at_every_step():
    assert rates([0, 50, 99], schedule="constant") == [1.0, 1.0, 1.0]


def test_constant_rises_linearly_where_a_warm_up_is_asked_for():
    found = rates([0, 5, 10, 99], schedule="constant", warmup_steps=10)
    assert found == [0.0, 0.5, 1.0, 1.0]


def test_warmup_cosine_rises_from_0_then_falls_along_half_a_cosine():
    # The middle of the fall is step 10 + 90 / 2.
    found = rates([0, 5, 10, 55, 100], warmup_steps=10)
    assert found == [0.0, 0.5, 1.0, 0.5, 0.0]


def test_warmup_cosine_ends_at_its_final_share():
    assert rates([100], final=0.1) == [0.1]


def test_warmup_cosine_takes_a_twentieth_of_the_run_to_rise():
    assert rates([1, 5]) == [0.2, 1.0]


def test_cosine_without_warm_up_begins_at_the_base():
    assert rates([0, 50], warmup_steps=0) == [1.0, 0.5]


def test_step_goes_down_at_once():
    found = rates([29, 30, 60], schedule="step", decay_steps=30, decay=0.5)
    assert found == [1.0, 0.5, 0.25]


def test_exponential_goes_down_all_the_time():
    found = rates(
        [0, 15, 30], schedule="exponential", decay_steps=30, decay=0.25
    )
    assert found == [1.0, 0.5, 0.25]


def test_decay_begins_after_the_warm_up():
    found = rates(
        [10, 39, 40],
        schedule="step",
        decay_steps=30,
        decay=0.5,
        warmup_steps=10,
    )
    assert found == [1.0, 1.0, 0.5]


def test_schedule_is_rebuilt_from_its_settings():
    config = learning_rates.Config(schedule="step", warmup_steps=3)
    schedule = learning_rates.build(config, 30)
    again = type(schedule).from_config(schedule.get_config())
    assert float(again(12)) == float(schedule(12))


@pytest.mark.parametrize("schedule", ["constant", "warmup_cosine"])
def test_schedule_takes_the_step_as_a_tensor(schedule):
    config = learning_rates.Config(schedule=schedule)
    built = tf.function(learning_rates.build(config, 100))
    assert np.isfinite(built(tf.constant(7, tf.int64)))


def test_a_warm_up_longer_than_the_run_is_refused():
    with pytest.raises(errors.UserError, match="warmup_steps=100"):
        rates([0], warmup_steps=100)
