import numpy as np
import pytest
import simplejpeg

from tfrecords_tools.media.frames import stored_frame

GRAY = simplejpeg.encode_jpeg(np.full((40, 80, 3), 120, np.uint8))


def shape(jpeg):
    return simplejpeg.decode_jpeg(jpeg).shape


@pytest.mark.parametrize(
    "height, wanted", [(10, (10, 20, 3)), (99, (40, 80, 3))]
)
def test_a_frame_is_made_small_and_never_large(height, wanted):
    assert shape(stored_frame.thumbnail("jpeg", [GRAY], height)) == wanted


@pytest.mark.parametrize(
    "storage, frames, message",
    [
        ("jpeg", [], "no such frame"),
        ("raw", [GRAY], "storage 'raw' is not jpeg, h264 or h265"),
        ("h264", [b"nothing"], "cannot decode"),
    ],
)
def test_what_cannot_be_shown_is_told(storage, frames, message):
    with pytest.raises(ValueError, match=message):
        stored_frame.thumbnail(storage, frames, 10)
