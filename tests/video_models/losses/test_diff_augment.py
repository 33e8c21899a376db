import numpy as np
import pytest
import tensorflow as tf

from video_models.losses import diff_augment

MIDDLE = np.full((1, 8), 0.5, np.float32)


def clip(seed=0):
    random = np.random.default_rng(seed)
    return tf.constant(random.uniform(0, 255, (1, 3, 16, 16, 3)), tf.float32)


def augment_seeds(**places):
    drawn = MIDDLE.copy()
    for place, value in places.items():
        drawn[0, int(place[1:])] = value
    return tf.constant(drawn)


def changed(kind, **places):
    return diff_augment.augment(
        clip(), augment_seeds(**places), (kind,)
    ).numpy()


@pytest.mark.parametrize("kind", diff_augment.KINDS)
def test_all_frames_are_changed_alike(kind):
    still = tf.repeat(clip()[:, :1], 3, axis=1)
    drawn = augment_seeds(c0=0.9, c1=0.2, c2=0.1, c3=0.9, c4=0.1)
    found = diff_augment.augment(still, drawn, (kind,)).numpy()
    np.testing.assert_array_equal(found[:, 0], found[:, 1])
    assert not np.array_equal(found, still)


@pytest.mark.parametrize("kind", diff_augment.KINDS)
def test_gradients_pass(kind):
    frames = clip()
    with tf.GradientTape() as tape:
        tape.watch(frames)
        total = tf.reduce_sum(
            diff_augment.augment(frames, augment_seeds(), (kind,)) ** 2
        )
    assert float(tf.norm(tape.gradient(total, frames))) > 0


def test_middle_chances_change_no_color():
    np.testing.assert_allclose(changed("color"), clip(), atol=1e-3)


def test_first_chance_is_brightness():
    found = changed("color", c0=0.7) - clip().numpy()
    # As +-0.5 of pixels in -1..1, at 0.2 of 0.5.
    np.testing.assert_allclose(found, 0.2 * 127.5, atol=1e-2)


def test_second_chance_of_nothing_is_grey():
    found = changed("color", c1=0.0)
    np.testing.assert_allclose(found[..., 0], found[..., 1], atol=1e-3)


def test_shift_moves_by_whole_pixels():
    # Of 16 pixels at most 2 each way; 0.99 chooses 2.
    found = changed("shift", c3=0.99)
    np.testing.assert_array_equal(found[:, :, :-2], clip()[:, :, 2:])
    assert (found[:, :, -2:] == 0).all()


def test_cut_leaves_a_black_square_of_half_the_side():
    found = changed("cut")
    black = (found[0, 0, :, :, 0] == 0).sum(axis=0)
    assert black.max() == 8 and (black > 0).sum() == 8


def test_no_kind_changes_nothing():
    assert diff_augment.augment(clip(), augment_seeds(), ()) is not None
    np.testing.assert_array_equal(
        diff_augment.augment(clip(), augment_seeds(), ()), clip()
    )
