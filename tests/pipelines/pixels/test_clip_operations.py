import numpy as np
import pytest
import tensorflow as tf

from pipelines.pixels import clip_operations, projection
from tests import run_modes

NO_STRENGTH = {"autocontrast", "equalize"}


def noise():
    generator = np.random.default_rng(3)
    return generator.integers(30, 200, (3, 12, 20, 3), np.uint8)


def done(name, clip, strength, fill="edge", run=run_modes.eagerly):
    change = clip_operations.named(name, fill)
    return run(change, clip, np.float32(strength)).numpy()


def columns():
    """uint8 [1, 4, 331, 3], every column its number below 200."""
    numbers = np.minimum(np.arange(331), 199).astype(np.uint8)
    return np.tile(numbers[:, None], (1, 4, 1, 3))


def test_list_is_that_of_the_paper():
    assert len(set(clip_operations.NAMES)) == 14


@pytest.mark.parametrize("fill", projection.FILLS)
@pytest.mark.parametrize(
    "name", [n for n in clip_operations.NAMES if n not in NO_STRENGTH]
)
def test_strength_0_changes_no_byte(name, fill):
    assert np.array_equal(done(name, noise(), 0.0, fill), noise())


@pytest.mark.parametrize(
    "name", [n for n in clip_operations.NAMES if n != "identity"]
)
def test_strength_1_changes_the_clip(name):
    assert (done(name, noise(), 1.0) != noise()).mean() > 0.2


@run_modes.both
@pytest.mark.parametrize("name", clip_operations.TWO_SIDED)
def test_both_sides_differ(name, run):
    one, other = (done(name, noise(), s, run=run) for s in (0.5, -0.5))
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("strength, wanted", [(1.0, 190), (-0.5, 55)])
def test_brightness_multiplies(strength, wanted):
    grey = np.full((1, 4, 4, 3), 100, np.uint8)
    assert (done("brightness", grey, strength) == wanted).all()


def test_contrast_moves_away_from_the_mean():
    clip = np.zeros((2, 2, 2, 3), np.uint8)
    clip[0], clip[1] = 90, 110
    found = done("contrast", clip, 0.5)
    assert (found[0].max(), found[1].min()) == (86, 114)  # 100 -+ 14.5


def test_color_of_strength_minus_1_is_nearly_grey():
    red = np.tile(np.uint8([200, 0, 0]), (1, 2, 2, 1))
    # Luma 59.8, a tenth of the way back to red.
    assert list(done("color", red, -1.0)[0, 0, 0]) == [74, 54, 54]


@pytest.mark.parametrize(
    "strength, first, last",
    # 45 % of 331 is 150: to the right the left edge is repeated.
    [(1.0, [0, 0, 1], [180]), (-1.0, [150, 151, 152], [199])],
)
def test_translate_x_shifts_by_up_to_45_percent(strength, first, last):
    found = done("translate_x", columns(), strength)[0, 0, :, 0]
    place = 149 if strength > 0 else 0
    assert list(found[place : place + 3]) == first
    assert list(found[-1:]) == last


def test_translate_fills_with_black_where_told():
    found = done("translate_y", noise() | 1, 1.0, "black")
    assert (found.max((0, 2, 3)) == 0).sum() == 5  # 45 % of 12


def test_posterize_keeps_4_bits_at_most():
    assert (done("posterize", noise(), 1.0) % 16 == 0).all()


def test_solarize_of_strength_1_inverts_all():
    assert np.array_equal(done("solarize", noise(), 1.0), 255 - noise())


def test_shear_keeps_the_middle_row():
    clip = np.random.default_rng(0).integers(0, 256, (1, 9, 9, 3), np.uint8)
    found = done("shear_x", clip, 1.0)
    assert np.array_equal(found[:, 4], clip[:, 4])
    assert not np.array_equal(found[:, 0], clip[:, 0])


def test_rotation_reaches_30_degrees():
    clip = np.zeros((1, 41, 41, 3), np.uint8)
    clip[0, 20, 36:] = 255  # from the centre to the right
    found = done("rotate", clip, 1.0)[0, :, :, 0].astype(float)
    rows, cols = np.indices(found.shape) - 20.0
    place = (
        (rows * found).sum() / found.sum(),
        (cols * found).sum() / (found.sum()),
    )
    angle = np.degrees(np.arctan2(*place))
    assert abs(abs(angle) - 30.0) < 2.0


def test_operations_run_in_a_graph_of_unknown_sizes():
    spec = tf.TensorSpec((None, None, None, 3), tf.uint8)
    for name in clip_operations.NAMES:
        change = tf.function(
            clip_operations.named(name, "edge"),
            input_signature=[spec, tf.TensorSpec((), tf.float32)],
        )
        assert change(noise(), 0.5).shape == noise().shape
