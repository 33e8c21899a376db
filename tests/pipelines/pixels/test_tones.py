import numpy as np
import pytest
import tensorflow as tf

from pipelines.pixels import tones


def clip_of(*values):
    """uint8 [n, 1, 1, 3], a frame of each value, in all channels."""
    return np.repeat(np.uint8(values), 3).reshape(-1, 1, 1, 3)


def applied(function, clip, *more):
    return function(tf.constant(clip), *more).numpy()


def values_of(function, values, *more):
    return list(applied(function, clip_of(*values), *more)[:, 0, 0, 0])


def test_autocontrast_reaches_from_0_to_255_over_all_frames():
    assert values_of(tones.autocontrast, (50, 100, 150)) == [0, 128, 255]


def test_autocontrast_stretches_every_channel_by_itself():
    clip = clip_of(50, 100, 150)
    clip[..., 1] = [[[10]], [[20]], [[210]]]
    found = applied(tones.autocontrast, clip)[1, 0, 0]
    assert list(found) == [128, 13, 128]


def test_autocontrast_keeps_an_even_channel():
    assert values_of(tones.autocontrast, (70, 70)) == [70, 70]


def test_equalize_spreads_evenly_what_lies_together():
    values = [100, 101, 102, 103] * 256
    # 255 steps of (1024 - 256) // 255 = 3 pixels.
    wanted = [0, 85, 171, 255]
    assert values_of(tones.equalize, values)[:4] == wanted


def test_equalize_keeps_an_even_channel():
    assert values_of(tones.equalize, [9] * 300) == [9] * 300


def test_equalize_counts_every_channel_by_itself():
    clip = clip_of(*([100, 101, 102, 103] * 256))
    clip[..., 2] = 7
    found = applied(tones.equalize, clip)[:4, 0, 0]
    assert found[:, 1].tolist() == [0, 85, 171, 255]
    assert found[:, 2].tolist() == [7] * 4


@pytest.mark.parametrize(
    "threshold, wanted",
    [
        (0.0, [255, 156, 155, 0]),
        (100.0, [0, 99, 155, 0]),
        (255.0, [0, 99, 100, 0]),
        (256.0, [0, 99, 100, 255]),
    ],
)
def test_solarize_inverts_from_the_threshold_on(threshold, wanted):
    found = values_of(tones.solarize, (0, 99, 100, 255), threshold)
    assert found == wanted


@pytest.mark.parametrize(
    "bits, wanted", [(8, 0b10110111), (4, 0b10110000), (1, 0b10000000), (0, 0)]
)
def test_posterize_keeps_the_highest_bits(bits, wanted):
    assert values_of(tones.posterize, [0b10110111], bits) == [wanted]
