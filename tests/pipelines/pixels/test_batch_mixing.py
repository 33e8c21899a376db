import numpy as np
import pytest
import tensorflow as tf

from pipelines.pixels import batch_mixing


def shares(alpha, probability=1.0, count=400):
    drawn = tf.data.Dataset.range(count).map(
        lambda number: batch_mixing.draw_weight(
            alpha, probability, tf.stack([2, number])
        )
    )
    return np.array(list(drawn.as_numpy_iterator()))


@pytest.mark.parametrize("alpha", [0.2, 1.0, 5.0])
def test_shares_spread_as_the_beta_distribution(alpha):
    found = shares(alpha)
    variance = 1 / (4 * (2 * alpha + 1))
    assert abs(found.mean() - 0.5) < 4 * np.sqrt(variance / 400)
    assert abs(found.var() / variance - 1) < 0.25


@pytest.mark.parametrize("alpha", [0.1, 100.0])
def test_shares_are_numbers_in_0_to_1_at_the_limits(alpha):
    found = shares(alpha)
    assert (found >= 0.0).all() and (found <= 1.0).all()


def test_probability_is_the_share_of_rows_that_are_mixed():
    found = shares(1.0, probability=0.3)
    assert abs((found < 1.0).mean() - 0.3) < 0.08


def test_row_meets_the_next_and_the_last_one_the_first():
    frames = tf.reshape(tf.range(4, dtype=tf.int32), (4, 1, 1, 1, 1))
    frames = tf.cast(tf.tile(frames, (1, 1, 1, 1, 3)), tf.uint8)
    mixed, own = batch_mixing.each_row(
        lambda clip, partner, seed: (partner, tf.cast(seed[1], tf.float32)),
        frames,
        tf.constant([[0, 5], [0, 6], [0, 7], [0, 8]], tf.int64),
    )
    assert mixed[:, 0, 0, 0, 0].numpy().tolist() == [1, 2, 3, 0]
    assert own.numpy().tolist() == [5.0, 6.0, 7.0, 8.0]
