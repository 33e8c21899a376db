import numpy as np
import pytest

from launch.enhancement import frame_windows
from tests.launch import enhancers
from tfrecords_tools.base import errors


def video(count):
    """Frames of one pixel, of which each is its number."""
    return [np.full((1, 1, 3), number, np.uint8) for number in range(count)]


def seen(piece):
    return piece.frames[:, 0, 0, 0].tolist()


def kept(pieces):
    return [number for piece in pieces for number in seen(piece)[piece.kept]]


LENGTHS = [(1, 0), (2, 0), (3, 1), (5, 1), (5, 2), (7, 2), (16, 3)]


@pytest.mark.parametrize("length, overlap", LENGTHS)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 16, 17, 50])
def test_every_frame_is_kept_once_and_in_order(count, length, overlap):
    pieces = list(frame_windows.split(video(count), length, overlap))
    assert kept(pieces) == list(range(count))
    assert {len(piece.frames) for piece in pieces} == {length}


def test_pieces_overlap_and_the_last_frame_is_repeated():
    pieces = frame_windows.split(video(8), 5, 1)
    assert [(seen(piece), seen(piece)[piece.kept]) for piece in pieces] == [
        ([0, 1, 2, 3, 4], [0, 1, 2, 3]),
        ([3, 4, 5, 6, 7], [4, 5, 6, 7]),
    ]
    (piece,) = frame_windows.split(video(2), 4, 1)
    assert (seen(piece), seen(piece)[piece.kept]) == ([0, 1, 1, 1], [0, 1])


@pytest.mark.parametrize("length, overlap", [(1, 0), (5, 1), (7, 2)])
def test_no_frame_is_taken_before_it_is_wanted(length, overlap):
    taken = []

    def endless():
        while True:
            taken.append(None)
            yield np.zeros((1, 1, 3), np.uint8)

    pieces = frame_windows.split(endless(), length, overlap)
    for number in range(20):
        next(pieces)
        assert len(taken) == length + 1 + number * (length - 2 * overlap)


def test_pieces_are_those_of_the_whole_video():
    random = np.random.default_rng(0)
    frames = random.integers(0, 255, (23, 2, 3, 3)).astype(np.uint8)
    network = enhancers.Neighbours(frames=7, overlap=1)
    made = [
        network(piece.frames[None])[0][piece.kept]
        for piece in frame_windows.split(frames, 7, 1)
    ]
    whole = enhancers.Neighbours(frames=23)(frames[None])[0]
    np.testing.assert_array_equal(np.concatenate(made), whole)


def test_a_network_that_would_keep_no_frame_is_refused():
    with pytest.raises(errors.UserError, match="more than 4 frames"):
        frame_windows.check(enhancers.Nearest(frames=4, overlap=2))
    frame_windows.check(enhancers.Nearest(frames=5, overlap=2))
