import numpy as np
import pytest
import tensorflow as tf

from launch.training import step_values, train_loop
from tfrecords_tools.base import errors


class Losses(list):
    """The rows of a log."""

    def add(self, rows):
        self.extend(rows)


def values(losses, newest=5):
    return step_values.StepValues(losses, 4, "gs://shards", lambda: newest)


def steps(*losses, skipped=None):
    found = {"loss": tf.constant(losses)}
    if skipped is not None:
        found[train_loop.SKIPPED] = tf.constant(skipped)
    return found


def test_rows_are_logged_in_order_and_their_mean_is_given():
    losses = Losses()
    made = values(losses)
    made.add(0, steps(1.0, 2.0))
    made.add(2, steps(6.0))
    assert made.flush()["loss"] == 3.0
    assert [step for step, _ in losses] == [0, 1, 2]


def test_nothing_new_gives_nothing():
    assert values(Losses()).flush() == {}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_is_named_with_its_step(bad):
    made = values(Losses())
    made.add(7, steps(1.0, bad))
    with pytest.raises(errors.UserError) as caught:
        made.flush()
    said = str(caught.value)
    assert said.startswith("loss is not finite at step 8: lower ")
    assert said.endswith("checkpoint is kept: step 5")


def test_a_run_without_a_checkpoint_says_so():
    made = values(Losses(), newest=None)
    made.add(0, steps(np.nan))
    with pytest.raises(errors.UserError, match="is kept: none was written"):
        made.flush()


def test_a_step_without_a_clip_is_passed_over_once():
    made = values(Losses())
    made.add(0, steps(0.0, skipped=[4]))
    made.flush()
    made.add(1, steps(1.0, skipped=[3]))
    made.flush()
    made.add(2, steps(0.0, skipped=[4]))
    made.flush()


def test_two_steps_without_a_clip_end_the_run():
    made = values(Losses())
    made.add(0, steps(0.0, 0.0, skipped=[4, 4]))
    with pytest.raises(errors.UserError, match="does gs://shards still exist"):
        made.flush()
