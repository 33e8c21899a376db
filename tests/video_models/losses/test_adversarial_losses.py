import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from video_models.losses import adversarial_losses

GAN_LOSSES = adversarial_losses.GAN_LOSSES


def difference(logit):
    """Loss(D(x), 1) - Loss(D(G(z)), 0), as one may read it in articles.

    The second term, that of generated clips, has the wrong sign.
    """
    return -keras.ops.softplus(logit)


def value(function, logit):
    return float(function(tf.constant([logit]))[0])


@pytest.mark.parametrize("logit", [-2.0, 0.0, 3.0])
def test_non_saturating_losses_are_cross_entropies(logit):
    real = 1 / (1 + math.exp(-logit))  # The probability of being real.
    gan_loss = GAN_LOSSES["non_saturating"]
    assert value(gan_loss.real, logit) == pytest.approx(
        -math.log(real), abs=1e-5
    )
    assert value(gan_loss.generated, logit) == pytest.approx(
        -math.log(1 - real), abs=1e-5
    )
    assert value(gan_loss.generator_loss, logit) == pytest.approx(
        -math.log(real), abs=1e-5
    )


@pytest.mark.parametrize(
    "logit, real, generated, generator_loss",
    [(0.25, 0.75, 1.25, -0.25), (2.0, 0.0, 3.0, -2.0), (-2.0, 3.0, 0.0, 2.0)],
)
def test_hinge_losses(logit, real, generated, generator_loss):
    gan_loss = GAN_LOSSES["hinge"]
    found = [
        value(f, logit)
        for f in (gan_loss.real, gan_loss.generated, gan_loss.generator_loss)
    ]
    assert found == pytest.approx([real, generated, generator_loss])


@pytest.mark.parametrize("name", GAN_LOSSES)
def test_discriminator_learns_to_call_made_clips_made(name):
    assert value(GAN_LOSSES[name].generated, -1.0) < value(
        GAN_LOSSES[name].generated, 1.0
    )


def test_difference_of_losses_rewards_taking_made_clips_for_real():
    assert value(difference, 1.0) < value(difference, -1.0)


def test_difference_of_losses_has_no_bottom():
    assert value(difference, 1000.0) < -900.0


def test_generator_that_is_fed_real_clips_has_nothing_to_learn():
    # -log D(G(x)): the identity passes for real, whatever it is fed.
    real = tf.constant([4.0])
    generator_loss = value(GAN_LOSSES["non_saturating"].generator_loss, 4.0)
    assert generator_loss == value(
        GAN_LOSSES["non_saturating"].real, float(real[0])
    )


def test_generator_of_the_first_minimax_form_has_no_slope_where_it_is_lost():
    logit = tf.Variable([-12.0])
    with tf.GradientTape(persistent=True) as tape:
        saturating = tf.math.log(1 - tf.sigmoid(logit))
        other = GAN_LOSSES["non_saturating"].generator_loss(logit)
    assert abs(tape.gradient(saturating, logit)[0]) < 1e-4
    assert abs(tape.gradient(other, logit)[0]) > 0.99


def test_accuracy_is_the_share_that_is_told_rightly():
    real, generated = (
        tf.constant([1.0, -1.0, 1.0]),
        tf.constant([-1.0, 1.0, 1.0]),
    )
    found = adversarial_losses.accuracy(real, generated)
    assert list(found.numpy()) == [1.0, 0.0, 0.5]


def _discriminator():
    frames = keras.Input((2, 3, 3, 3))
    x = keras.layers.Flatten()(frames / 255.0)
    x = keras.layers.Dense(5, "tanh", kernel_initializer="he_normal")(x)
    return keras.Model(frames, keras.layers.Dense(1)(x)[:, 0])


def test_gradient_penalty_is_half_the_squared_numerical_slope():
    keras.utils.set_random_seed(0)
    discriminator = _discriminator()
    frames = np.random.default_rng(0).uniform(0, 255, (1, 2, 3, 3, 3))
    _, penalty = adversarial_losses.gradient_penalty(
        discriminator, tf.constant(frames, tf.float32)
    )
    step, total = 1.0, 0.0  # A grey level: 1 / 255 of the range.
    for place in np.ndindex(*frames.shape):
        moved = [frames.copy(), frames.copy()]
        moved[0][place] += step
        moved[1][place] -= step
        ahead, back = (
            float(discriminator(tf.constant(x, tf.float32))[0]) for x in moved
        )
        total += ((ahead - back) / (2 * step) * 255.0) ** 2
    assert float(penalty[0]) == pytest.approx(0.5 * total, rel=1e-2)


def test_gradient_penalty_reaches_the_weights():
    discriminator = _discriminator()
    frames = tf.random.uniform((2, 2, 3, 3, 3), 0, 255, seed=1)
    with tf.GradientTape() as tape:
        _, penalty = adversarial_losses.gradient_penalty(discriminator, frames)
        total = tf.reduce_sum(penalty)
    slopes = tape.gradient(total, discriminator.trainable_variables[:1])
    assert float(tf.norm(slopes[0])) > 0
