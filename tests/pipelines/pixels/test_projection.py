import numpy as np
import pytest
import tensorflow as tf

from pipelines.pixels import projection
from tests import run_modes

# Two frames of 3 x 4 pixels; the second is brighter by 100.
FRAME = 10 * np.arange(12).reshape(3, 4, 1) + [0, 1, 2]
CLIP = np.stack([FRAME, FRAME + 100]).astype(np.uint8)
ROWS = FRAME[..., 0]  # 0 10 20 30 / 40 50 60 70 / 80 90 100 110


def affine(run, matrix, fill="edge"):
    matrix = np.array(matrix, np.float32)
    return run(lambda m: projection.affine(CLIP, m, fill), matrix).numpy()


@run_modes.both
@pytest.mark.parametrize("fill", projection.FILLS)
def test_map_that_moves_nothing_keeps_every_pixel(run, fill):
    found = affine(run, [[1, 0, 0], [0, 1, 0]], fill)
    assert np.array_equal(found, CLIP)


@run_modes.both
def test_frames_and_colors_are_moved_alike(run):
    first, second = affine(run, [[0.9, 0.23, 0.31], [0.13, 0.8, -0.37]])
    assert np.array_equal(second, first + 100)
    assert np.array_equal(first[..., 2], first[..., 0] + 2)


@run_modes.both
def test_edge_is_drawn_out(run):
    found = affine(run, [[1, 0, 2], [0, 1, 0]])[0, ..., 0]
    assert found.tolist() == [
        [20, 30, 30, 30],
        [60, 70, 70, 70],
        [100] + [110] * 3,
    ]


@run_modes.both
def test_outside_is_black_where_asked(run):
    found = affine(run, [[1, 0, 0], [0, 1, -1]], "black")[..., 0]
    assert found[0].tolist() == [[0] * 4, [0, 10, 20, 30], [40, 50, 60, 70]]
    assert found[1, 0].tolist() == [0] * 4


@run_modes.both
def test_between_two_pixels_is_their_mean(run):
    found = affine(run, [[1, 0, 0.5], [0, 1, 0]])[0, ..., 0]
    assert found[0].tolist() == [5, 15, 25, 30]


@run_modes.both
def test_half_turn_about_the_centre_reverses_rows_and_columns(run):
    found = affine(run, [[-1, 0, 0], [0, -1, 0]])
    assert np.array_equal(found, CLIP[:, ::-1, ::-1])


@run_modes.both
def test_window_is_scaled(run):
    def show(window):
        return projection.show_window(tf.constant(CLIP), window, (2, 4))

    found = run(show, np.array([0, 1, 2, 2], np.int32)).numpy()
    # 10 20 / 50 60, twice as wide: a quarter and three quarters between.
    wanted = [[10, 13, 18, 20], [50, 53, 58, 60]]
    assert found[0, ..., 0].tolist() == wanted


@run_modes.both
def test_window_of_the_asked_shape_is_cut_out(run):
    def show(window):
        return projection.show_window(tf.constant(CLIP), window, (2, 3))

    found = run(show, np.array([1, 0, 2, 3], np.int32))
    assert np.array_equal(found, CLIP[:, 1:, :3])


@run_modes.both
@pytest.mark.parametrize(
    "fill, around", [("edge", "edge"), ("black", "constant")]
)
def test_frames_lie_in_the_middle_of_their_padding(run, fill, around):
    found = run(lambda s: projection.pad(CLIP, s, fill), np.int32([5, 7]))
    # 3 rows become 5; 4 columns become 7, the odd one on the right.
    wanted = np.pad(CLIP, [(0, 0), (1, 1), (1, 2), (0, 0)], around)
    assert np.array_equal(found, wanted)


@run_modes.both
def test_no_room_needs_no_padding(run):
    found = run(lambda shape: projection.pad(CLIP, shape), np.int32([3, 4]))
    assert np.array_equal(found, CLIP)
