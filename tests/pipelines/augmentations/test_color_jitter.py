import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import color_jitter
from tests import run_modes

STILL = {"brightness": 0.0, "contrast": 0.0, "saturation": 0.0, "hue": 0.0}
SEEDS = [np.array([9, number], np.int64) for number in range(6)]


def jittered(run, clip, seed=SEEDS[0], **strengths):
    config = color_jitter.Config(**{**STILL, **strengths})
    return run(color_jitter.build(config), clip, seed).numpy()


def flat(*color):
    """uint8 [2, 4, 4, 3] of one colour."""
    return np.tile(np.array(color, np.uint8), (2, 4, 4, 1))


def noise():
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (2, 4, 4, 3)).astype(np.uint8)


def drawn(seed, place):
    """What the jitter draws for brightness, contrast, saturation, hue."""
    return float(tf.random.stateless_uniform((4,), seed, -1.0, 1.0)[place])


def luma(clip):
    return clip.astype(float) @ [0.299, 0.587, 0.114]


@run_modes.both
def test_strength_0_changes_nothing(run):
    assert np.array_equal(jittered(run, noise()), noise())


@run_modes.both
@pytest.mark.parametrize("seed", SEEDS)
def test_brightness_multiplies_every_pixel(run, seed):
    factor = 1 + 0.4 * drawn(seed, 0)
    found = jittered(run, flat(50, 100, 150), seed, brightness=0.4)
    wanted = [50 * factor, 100 * factor, 150 * factor]
    assert np.abs(found - np.array(wanted)).max() <= 0.51


@run_modes.both
@pytest.mark.parametrize("seed", SEEDS)
def test_contrast_keeps_the_mean_and_scales_the_distance_to_it(run, seed):
    factor = 1 + 0.4 * drawn(seed, 1)
    clip = flat(100, 100, 100)
    clip[:, :, 2:] = 140
    found = jittered(run, clip, seed, contrast=0.4)
    assert np.abs(found[:, :, :2] - (120 - 20 * factor)).max() <= 0.51
    assert np.abs(found[:, :, 2:] - (120 + 20 * factor)).max() <= 0.51


@run_modes.both
@pytest.mark.parametrize("seed", SEEDS)
def test_saturation_keeps_the_luma(run, seed):
    clip = flat(90, 120, 150)
    found = jittered(run, clip, seed, saturation=1.0)
    assert np.abs(luma(found) - luma(clip)).max() < 1


@run_modes.both
@pytest.mark.parametrize("seed", SEEDS)
def test_saturation_scales_the_distance_to_grey(run, seed):
    factor = 1 + drawn(seed, 2)
    found = jittered(run, flat(90, 120, 150), seed, saturation=1.0)
    spread = found[..., 2].astype(int) - found[..., 0]
    assert np.abs(spread - 60 * factor).max() <= 1


@run_modes.both
@pytest.mark.parametrize("strengths", [{"hue": 0.5}, {"saturation": 1.0}])
def test_grey_stays_grey(run, strengths):
    for seed in SEEDS:
        found = jittered(run, flat(77, 77, 77), seed, **strengths)
        assert np.array_equal(found, flat(77, 77, 77))


@run_modes.both
def test_pixels_are_clipped_and_do_not_wrap(run):
    brighter = next(seed for seed in SEEDS if drawn(seed, 0) > 0.3)
    found = jittered(run, flat(250, 250, 250), brighter, brightness=0.4)
    assert found.min() == 255


@pytest.mark.parametrize("probability", [0.25, 0.75])
def test_each_property_is_moved_in_its_share_of_the_clips(probability):
    config = color_jitter.Config(probability=probability)
    drawn = tf.data.Dataset.range(300).map(
        lambda number: color_jitter._draw(config, tf.stack([4, number]))
    )
    moved = np.array(list(drawn.as_numpy_iterator())) != 0.0
    assert np.abs(moved.mean(axis=0) - probability).max() < 0.08


@run_modes.both
def test_pixels_not_rounded_yet_give_the_same(run):
    config = color_jitter.Config()
    take_over = color_jitter.on_floats(config)

    def change(clip, seed):
        return take_over(tf.split(clip, clip.shape[0]), seed)

    found = run(change, noise().astype(np.float32), SEEDS[1])
    wanted = run(color_jitter.build(config), noise(), SEEDS[1])
    assert np.array_equal(found, wanted)


def test_pixels_not_rounded_yet_are_rounded_once():
    still = color_jitter.on_floats(color_jitter.OFF)
    pixels = tf.constant([[[[0.6, 99.4, 254.7]]]])
    assert list(still([pixels], SEEDS[0])[0, 0, 0]) == [1, 99, 255]
