import numpy as np
import pytest
import tensorflow as tf

from video_models.losses import contrastive

EYE = tf.eye(3)
ALL = tf.ones(3)
SHARPEN = lambda similar: 2.0 * similar  # noqa: E731


def _loss(queries=EYE, keys=EYE, valid=ALL, negatives=None):
    pairs = contrastive.Paired(queries, keys, valid)
    return contrastive.symmetric_info_nce(pairs, SHARPEN, negatives)


def test_loss_is_the_cross_entropy_of_the_own_clip():
    expected = np.log(np.exp(2) + 2) - 2
    np.testing.assert_allclose(_loss(), [expected] * 3, rtol=1e-6)


def test_vectors_that_are_all_the_same_have_the_loss_of_chance():
    same = tf.ones((3, 2))
    np.testing.assert_allclose(_loss(same, same), [np.log(3)] * 3, rtol=1e-6)


def test_clip_that_is_not_valid_is_no_negative_and_has_no_loss():
    valid = tf.constant([1.0, 1.0, 0.0])
    expected = np.log(np.exp(2) + 1) - 2
    np.testing.assert_allclose(
        _loss(valid=valid), [expected, expected, 0.0], rtol=1e-6
    )


def test_batch_without_a_valid_clip_has_no_loss_and_finite_gradients():
    queries = tf.Variable(EYE)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(_loss(queries, valid=tf.zeros(3)))
    assert loss == 0.0
    assert not np.any(tape.gradient(loss, queries))


@pytest.mark.parametrize("has", [0.0, 1.0])
def test_further_negative_counts_for_the_queries_where_there_is_one(has):
    negatives = contrastive.Negatives(EYE, tf.fill((3,), has))
    forth = np.log(np.exp(2) + 2 + has * np.exp(2)) - 2
    back = np.log(np.exp(2) + 2) - 2
    np.testing.assert_allclose(
        _loss(negatives=negatives), [(forth + back) / 2] * 3, rtol=1e-6
    )
