import numpy as np
import pytest

from launch.enhancement import frame_tiles, frame_windows
from tests.launch import enhancers
from tfrecords_tools.base import errors


def piece(height, width, frames=1, kept=slice(None)):
    random = np.random.default_rng(0)
    shape = (frames, height, width, 3)
    pixels = random.integers(0, 255, shape).astype(np.uint8)
    return frame_windows.FrameWindow(pixels, kept)


@pytest.mark.parametrize("side", [1, 159, 160, 161, 257, 720, 1280, 1919])
@pytest.mark.parametrize("size, margin", [(160, 16), (40, 0), (33, 16)])
def test_tiles_cover_a_side_once_with_their_margins(side, size, margin):
    length, spans = frame_tiles.spans(side, size, margin)
    kept = [n for s in spans for n in range(s.kept_start, s.kept_end)]
    assert kept == list(range(side)) and length <= size
    for span in spans:
        end = span.start + length
        assert 0 <= span.start and end <= side
        assert span.kept_start == 0 or span.kept_start - span.start >= margin
        assert span.kept_end == side or end - span.kept_end >= margin


def test_1280_pixels_become_ten_tiles():
    length, spans = frame_tiles.spans(1280, 160, 16)
    assert (length, len(spans)) == (157, 10)


@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("at_once", [1, 4])
def test_joined_tiles_are_the_whole_picture(factor, at_once):
    whole = piece(101, 76, frames=3, kept=slice(1, 3))
    network = enhancers.Blurred(1, factor=factor, frames=3)
    config = frame_tiles.Config(size=32, margin=2, at_once=at_once)
    joined = frame_tiles.enhanced(whole, network, config)
    wanted = network(whole.frames[None])[0][1:3]
    np.testing.assert_array_equal(joined, wanted)


def test_a_margin_less_than_the_reach_shows_seams():
    whole = piece(101, 76)
    network = enhancers.Blurred(3)
    config = frame_tiles.Config(size=32, margin=2)
    joined = frame_tiles.enhanced(whole, network, config)
    assert (joined != network(whole.frames[None])[0]).any()


@pytest.mark.parametrize("at_once", [1, 7])
def test_the_network_sees_one_shape(at_once):
    network = enhancers.Nearest()
    config = frame_tiles.Config(size=64, margin=8, at_once=at_once)
    frame_tiles.enhanced(piece(333, 517), network, config)
    (shape,) = set(network.shapes)
    assert shape[0] == at_once and max(shape[2:4]) <= 64


def test_a_small_picture_is_seen_whole():
    network = enhancers.Nearest()
    config = frame_tiles.Config(at_once=8)
    frame_tiles.enhanced(piece(33, 160), network, config)
    assert network.shapes == [(1, 1, 33, 160, 3)]


def test_margins_must_leave_something():
    with pytest.raises(errors.UserError, match="more than 32"):
        frame_tiles.Config(size=32, margin=16)


def test_network_that_sees_whole_pictures_gets_them():
    whole = piece(50, 70)
    network = enhancers.Nearest(whole=True)
    config = frame_tiles.Config(size=32, margin=2)
    frame_tiles.enhanced(whole, network, config)
    assert network.shapes == [(1, 1, 50, 70, 3)]
