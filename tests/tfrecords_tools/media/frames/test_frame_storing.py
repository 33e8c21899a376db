import types
from fractions import Fraction

import numpy as np
import pytest
import simplejpeg

from tfrecords_tools.media import reader_settings, video_file
from tfrecords_tools.media.frames import frame_edits, frame_storing

VIDEO = types.SimpleNamespace(
    aspect=Fraction(1),
    error=lambda status, reason: video_file.VideoError("a", status, reason),
)


def planes(side):
    half = np.full((side // 2, side // 2), 128, np.uint8)
    return [np.full((side, side), 90, np.uint8), half, half]


def encoder(storage, **edits):
    config = reader_settings.Config(storage=storage)
    return frame_storing.FrameEncoder(
        config, VIDEO, frame_edits.FrameEdits(**edits)
    )


def test_a_frame_is_a_jpeg_with_its_size_and_times():
    frame = encoder("jpeg").encode(0, 40_000, planes(32), damaged=True)
    assert (frame.time, frame.end_time, frame.damaged) == (0, 40_000, True)
    assert (frame.height, frame.width) == (32, 32)
    assert simplejpeg.decode_jpeg(frame.data).shape == (32, 32, 3)


def test_frames_that_an_encoder_does_not_take_are_an_error_of_the_video():
    with pytest.raises(video_file.VideoError, match="8x8 pixels") as caught:
        encoder("h265").encode(0, 40_000, planes(8), damaged=False)
    assert caught.value.status == "unfit_size"


@pytest.mark.parametrize(
    "time, is_left_out", [(9, False), (10, True), (19, True), (20, False)]
)
def test_spans_that_cleaning_leaves_out_end_before_their_end(time, is_left_out):
    found = encoder("jpeg", left_out=((10, 20), (30, 40)))
    assert found.is_left_out(time) == is_left_out
