import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.media import reader_settings


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"height": 64}, "wanted both, or neither"),
        ({"width": 64}, "wanted both, or neither"),
        ({"height": 64, "width": 65}, "media.width=65: wanted an even number"),
        ({"height": 63, "width": 64}, "media.height=63: wanted an even number"),
        ({"fit": "stretch"}, "add --media.height and --media.width"),
        ({"pick": "key", "frame_rate": 5.0}, "frame_rate"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings, message):
    with pytest.raises(errors.UserError, match=message):
        reader_settings.Config(**settings)


@pytest.mark.parametrize(
    "storage, distance", [("jpeg", 1), ("h264", 16), ("h265", 16)]
)
def test_only_packets_have_frames_between_keys(storage, distance):
    config = reader_settings.Config(storage=storage, key_every=16)
    assert config.distance_of_keys == distance


def test_a_chunk_of_packets_begins_with_a_key_frame():
    config = reader_settings.Config(storage="h264", key_every=16)
    config.check_chunk(32)
    with pytest.raises(errors.UserError, match="wanted a multiple of .*=16"):
        config.check_chunk(40)


def test_a_chunk_of_jpegs_has_any_length():
    reader_settings.Config(key_every=16).check_chunk(7)


def test_as_jpeg_changes_the_storage_alone():
    packets = reader_settings.Config(storage="h265", quality=80)
    assert packets.as_jpeg() == reader_settings.Config(quality=80)


def test_an_exact_size_stands_above_the_short_side():
    config = reader_settings.Config(height=32, width=48, fit="stretch")
    assert config.shape.exact == (32, 48)
    assert not config.shape.crop
