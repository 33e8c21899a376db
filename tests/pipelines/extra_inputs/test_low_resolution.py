import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch
from pipelines.extra_inputs import low_resolution
from tests import run_modes
from tfrecords_tools.base import errors

CLIP = batch.ClipSpec(frames=3, size=32)


def frames():
    """uint8 [3, 32, 32, 3], noise: nothing in it is smooth."""
    random = np.random.default_rng(0)
    return random.integers(0, 256, CLIP.shape).astype(np.uint8)


def grey(level=120):
    return np.full(CLIP.shape, level, np.uint8)


def low(clip, number=0, run=run_modes.eagerly, **changes):
    degrade = low_resolution.build(low_resolution.Config(**changes), CLIP)
    seed = np.array([3, number], np.int64)
    return run(degrade, clip, seed)["low_frames"].numpy()


def spread(clip):
    return clip.astype(float).std()


@run_modes.both
@pytest.mark.parametrize("factor", [1, 2, 4])
def test_frames_are_scaled_as_tensorflow_scales_them(run, factor):
    size = CLIP.size // factor
    wanted = tf.image.resize(frames(), (size, size), "bicubic", antialias=True)
    wanted = np.clip(wanted, 0, 255)
    found = low(frames(), run=run, factor=factor)
    assert found.shape == (3, size, size, 3)
    assert np.abs(found - wanted).max() <= 0.501


@run_modes.both
def test_blur_is_that_of_a_gaussian(run):
    point = np.zeros(CLIP.shape, np.uint8)
    point[:, 16, 16] = 255
    found = low(point, run=run, factor=1, min_blur=1.0, max_blur=1.0)
    # 255 / (2 pi) in the middle, and exp(-1 / 2) of that beside it.
    assert found[0, 16, 15:18, 0].tolist() == [25, 41, 25]


@run_modes.both
def test_blur_leaves_a_flat_frame_flat_up_to_its_edge(run):
    found = low(grey(), run=run, min_blur=3.0, max_blur=3.0)
    assert np.all(found == 120)


def test_more_blur_leaves_less_contrast():
    spreads = [
        spread(low(frames(), min_blur=sigma, max_blur=sigma))
        for sigma in (0.0, 1.0, 3.0)
    ]
    assert spreads == sorted(spreads, reverse=True)


def test_strength_of_blur_is_drawn_and_the_same_for_all_frames():
    still = np.repeat(frames()[:1], 3, axis=0)
    found = [low(still, n, max_blur=4.0) for n in range(4)]
    assert len({each.tobytes() for each in found}) == 4
    for each in found:
        assert np.array_equal(each, np.repeat(each[:1], 3, axis=0))


def test_noise_is_at_most_as_strong_as_stated():
    found = [
        spread(low(grey(), n, factor=1, max_noise=20.0)) for n in range(20)
    ]
    assert 10 < max(found) < 21
    assert min(found) < 5


def test_noise_is_new_in_every_frame():
    found = low(grey(), max_noise=20.0)
    assert not np.array_equal(found[0], found[1])


@run_modes.both
def test_jpeg_is_that_of_tensorflow(run):
    clip = low(frames())
    found = low(frames(), run=run, min_quality=40, max_quality=40)
    wanted = [tf.image.adjust_jpeg_quality(frame, 40) for frame in clip]
    assert np.array_equal(found, wanted)


def test_quality_of_jpeg_is_drawn_and_the_same_for_all_frames():
    still = np.repeat(frames()[:1], 3, axis=0)
    found = [low(still, n, min_quality=5) for n in range(4)]
    assert len({each.tobytes() for each in found}) == 4
    for each in found:
        assert np.array_equal(each, np.repeat(each[:1], 3, axis=0))


def test_factor_that_does_not_divide_the_size_is_refused():
    with pytest.raises(errors.UserError, match="downscaled 5 times"):
        low(frames(), factor=5)


@pytest.mark.parametrize("what", ["blur", "quality"])
def test_minimum_above_maximum_is_refused(what):
    with pytest.raises(errors.UserError, match=f"min_{what}=3"):
        low_resolution.Config(**{f"min_{what}": 3, f"max_{what}": 2})
