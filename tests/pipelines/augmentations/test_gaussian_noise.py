import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import gaussian_noise
from tests import run_modes

GREY = np.full((4, 40, 41, 3), 128, np.uint8)


def noise(number=0, run=run_modes.eagerly, **config):
    """What is added to a grey clip."""
    change = gaussian_noise.build(gaussian_noise.Config(**config))
    seed = np.array([8, number], np.int64)
    return run(change, GREY, seed).numpy().astype(float) - 128


def drawn(number, most):
    seed = np.array([8, number], np.int64)
    return float(tf.random.stateless_uniform((), seed, 0.0, most))


@run_modes.both
@pytest.mark.parametrize("still", [False, True])
@pytest.mark.parametrize("number", range(3))
def test_deviation_is_the_drawn_one(run, still, number):
    wanted = drawn(number, 20.0)
    found = noise(number, run, max_sigma=20.0, still=still).std()
    # Rounding adds a twelfth to the variance.
    assert found == pytest.approx(np.sqrt(wanted**2 + 1 / 12), rel=0.05)


@pytest.mark.parametrize("still", [False, True])
def test_mean_stays(still):
    assert abs(noise(max_sigma=20.0, still=still).mean()) < 1.0


def test_deviation_is_drawn_evenly_up_to_its_limit():
    found = [drawn(number, 10.0) for number in range(200)]
    assert abs(np.mean(found) - 5.0) < 1.0
    assert max(found) < 10.0


def test_noise_is_bell_shaped():
    found = noise(max_sigma=20.0)
    within = np.abs(found) <= found.std()
    assert abs(within.mean() - 0.683) < 0.03


def test_frames_differ():
    frames = noise(max_sigma=20.0)
    correlation = np.corrcoef(frames.reshape(4, -1))
    assert np.abs(correlation - np.eye(4)).max() < 0.1


def test_still_noise_is_the_same_in_all_frames():
    frames = noise(max_sigma=20.0, still=True)
    assert frames.any()
    assert (frames == frames[:1]).all()


def test_neighbours_do_not_resemble():
    frames = noise(max_sigma=20.0)
    one, other = frames[:, :, 1:].ravel(), frames[:, :, :-1].ravel()
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05


def test_pixels_are_clipped_and_do_not_wrap():
    change = gaussian_noise.build(gaussian_noise.Config(max_sigma=40.0))
    white = tf.fill((1, 8, 8, 3), tf.constant(255, tf.uint8))
    assert change(white, np.array([8, 0], np.int64)).numpy().min() > 60
