import numpy as np
import pytest
import simplejpeg
import tensorflow as tf

from pipelines import batch
from pipelines.decoding import frame_decoding
from tests import run_modes

HEIGHT, WIDTH = 48, 64


def waves(height=HEIGHT, width=WIDTH):
    """uint8 [height, width, 3], smooth, and nowhere the same."""
    rows, columns = np.mgrid[0:height, 0:width]
    parts = [
        np.sin(rows / a + columns / b) for a, b in [(9, 7), (5, 9), (8, 6)]
    ]
    return (127 + 120 * np.stack(parts, axis=-1)).astype(np.uint8)


def columns_numbered(height, width):
    """uint8 [1, height, width, 3]: the value is the column."""
    image = np.zeros((1, height, width, 3), np.uint8)
    return image + np.arange(width, dtype=np.uint8)[:, None]


def jpegs(count=2, **size):
    image = waves(**size)
    return [
        simplejpeg.encode_jpeg(np.roll(image, 5 * n, axis=1), quality=90)
        for n in range(count)
    ]


def scaled(run, frames, place=0.5, **spec):
    clip = batch.ClipSpec(**spec)
    return run(
        lambda frames, place: frame_decoding.scale_and_crop(
            frames, clip, place
        ),
        frames,
        place,
    ).numpy()


def window(run, encoded, place, size, finish=frame_decoding.rounded):
    return run(
        lambda encoded, place: frame_decoding.decode_window(
            encoded, place, size, finish
        ),
        encoded,
        place,
    ).numpy()


@run_modes.both
def test_frames_are_decoded_accurately_in_their_order(run):
    found = run(frame_decoding.decode_clip, jpegs())
    for frame, jpeg in zip(found, jpegs(), strict=True):
        wanted = tf.io.decode_jpeg(jpeg, dct_method="INTEGER_ACCURATE")
        assert np.array_equal(frame, wanted)


@run_modes.both
def test_number_of_frames_may_be_many_or_unknown(run):
    encoded = tf.constant(jpegs()).numpy().tolist() * 40
    static = run(frame_decoding.decode_clip, encoded)
    unknown = run(
        lambda given: frame_decoding.decode_clip(
            tf.boolean_mask(given, tf.ones_like(given, tf.bool))
        ),
        encoded,
    )
    first = frame_decoding.decode_clip(tf.constant(jpegs()))
    assert np.array_equal(static, np.tile(first, (40, 1, 1, 1)))
    assert np.array_equal(unknown, static)


@run_modes.both
def test_window_of_many_frames_is_that_of_each(run):
    encoded = jpegs() * 40
    found = window(run, encoded, (5, 11, 16, 16), 16)
    few = window(run, jpegs(), (5, 11, 16, 16), 16)
    assert np.array_equal(found, np.tile(few, (40, 1, 1, 1)))


@run_modes.both
def test_evaluation_pixels_are_resized_with_antialiasing_and_rounded(run):
    wanted = tf.image.resize(waves()[None], (24, 32), antialias=True)
    wanted = np.rint(wanted[:, :, 4:28]).astype(np.uint8)
    assert np.array_equal(scaled(run, waves()[None], size=24), wanted)


@run_modes.both
def test_nothing_is_resized_where_the_short_side_fits(run):
    wanted = waves()[None, :, 8:56]
    assert np.array_equal(scaled(run, waves()[None], size=48), wanted)


@run_modes.both
@pytest.mark.parametrize("place, first", [(0.0, 0), (0.5, 10), (1.0, 20)])
def test_crop_of_a_wide_frame_moves_from_left_to_right(run, place, first):
    found = scaled(run, columns_numbered(10, 30), place, size=10)
    assert found[0, 0, :, 0].tolist() == list(range(first, first + 10))


@run_modes.both
@pytest.mark.parametrize("place, first", [(0.0, 0), (0.5, 10), (1.0, 20)])
def test_crop_of_a_tall_frame_moves_from_top_to_bottom(run, place, first):
    tall = columns_numbered(10, 30).transpose(0, 2, 1, 3)
    found = scaled(run, tall, place, size=10)
    assert found[0, :, 0, 0].tolist() == list(range(first, first + 10))


@run_modes.both
def test_larger_short_side_leaves_a_border_on_all_sides(run):
    square = columns_numbered(16, 16)
    found = scaled(run, square, size=10, short_side=16)
    assert found[0, 0, :, 0].tolist() == list(range(3, 13))


@run_modes.both
def test_size_comes_out_static(run):
    def shape(frames):
        found = frame_decoding.scale_and_crop(frames, batch.ClipSpec(size=8))
        assert found.shape[1:] == (8, 8, 3)
        return found

    run(shape, waves()[None])


@run_modes.both
def test_window_at_full_resolution_is_the_full_decodes_crop(run):
    full = run(
        lambda encoded: tf.map_fn(
            lambda jpeg: tf.io.decode_jpeg(jpeg, dct_method="INTEGER_FAST"),
            encoded,
            fn_output_signature=tf.uint8,
        ),
        jpegs(),
    )
    found = window(run, jpegs(), (5, 11, 16, 16), 16)
    assert np.array_equal(found, full[:, 5:21, 11:27])


@run_modes.both
@pytest.mark.parametrize("side", [28, 32, 92])
def test_window_at_any_resolution_shows_the_same_pixels(run, side):
    encoded = jpegs(height=96, width=128)
    found = window(run, encoded, (4, 36, side, side), 16)
    cut = [waves(96, 128), np.roll(waves(96, 128), 5, axis=1)]
    cut = np.stack(cut)[:, 4 : 4 + side, 36 : 36 + side]
    wanted = tf.image.resize(cut, (16, 16), antialias=True)
    assert np.abs(found - wanted.numpy()).mean() < 4


@run_modes.both
@pytest.mark.parametrize("side", [31, 35, 90])
def test_window_is_less_than_one_pixel_from_its_place(run, side):
    ramp = 2 * columns_numbered(96, 128)[0]
    encoded = [simplejpeg.encode_jpeg(ramp, quality=100)]
    found = window(run, encoded, (3, 37, side, side), 16)
    pixel = side / 16
    centres = 37 + pixel * (np.arange(16) + 0.5) - 0.5
    assert np.abs(found - 2 * centres[:, None]).max() <= 2 * pixel + 2


@run_modes.both
@pytest.mark.parametrize("side", [33, 65])
def test_window_may_end_with_the_frame(run, side):
    encoded = jpegs(height=67, width=101)
    place = (67 - side, 101 - side, side, side)
    assert window(run, encoded, place, 16).shape == (2, 16, 16, 3)


@run_modes.both
def test_window_that_is_not_square_is_stretched(run):
    assert window(run, jpegs(), (0, 0, 20, 50), 16).shape == (2, 16, 16, 3)


@run_modes.both
def test_pixels_are_rounded_and_clipped(run):
    found = run(frame_decoding.to_uint8, [-3.0, 1.4, 1.6, 254.9, 300.0])
    assert found.numpy().tolist() == [0, 1, 2, 255, 255]


@run_modes.both
def test_what_finishes_a_window_sees_pixels_that_are_not_rounded(run):
    def broken(parts):
        return tf.concat([tf.cast(p % 1 > 0, tf.uint8) for p in parts], 0)

    assert window(run, jpegs(), (4, 6, 30, 30), 16, broken).any()
    assert not window(run, jpegs(), (4, 6, 16, 16), 16, broken).any()


@run_modes.both
def test_pixels_within_their_range_are_joined_and_rounded(run):
    pixels = np.linspace(0, 255, 1001, dtype=np.float32)
    found = run(
        lambda given: frame_decoding.rounded([given[:7], given[7:]]), pixels
    )
    wanted = run(frame_decoding.to_uint8, pixels)
    assert np.abs(found.numpy().astype(int) - wanted).max() <= 1
    # A half goes up, or to the even neighbour.
    halves = pixels % 1 == 0.5
    assert np.array_equal(found[~halves], wanted[~halves])


@run_modes.both
def test_frames_are_scaled_one_by_one_as_all_at_once(run):
    frames = np.stack([waves(), waves()[::-1]])
    found = run(
        lambda given: frame_decoding.scaled_apart(tf.unstack(given), 20), frames
    )
    wanted = tf.image.resize(tf.constant(frames, tf.float32), (20, 20))
    assert len(found) == 2
    assert np.array_equal(tf.concat(found, 0), wanted)


@run_modes.both
def test_clipped_pixels_do_not_wrap(run):
    found = run(frame_decoding.clipped, np.float32([-9, 300, 254.7, 99.4]))
    assert found.numpy().tolist() == [0, 255, 255, 99]


@run_modes.both
def test_clipped_whole_numbers_stay(run):
    every = np.arange(256, dtype=np.float32)
    assert np.array_equal(run(frame_decoding.clipped, every), every)
