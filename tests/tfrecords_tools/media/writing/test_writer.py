import numpy as np
import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.media import video_file
from tfrecords_tools.media.audio import audio_track
from tfrecords_tools.media.writing import writer

FRAMES = np.zeros((3, 32, 32, 3), np.uint8)
SILENCE = np.zeros(5000, np.float32)
REFUSED = {
    "odd": {"frames": FRAMES[:, :31]},
    "floats": {"frames": FRAMES.astype(np.float32)},
    "none": {"frames": FRAMES[:0]},
    "too wide": {"frames": np.zeros((1, 2, 16_400, 3), np.uint8)},
    "too high": {"frames": np.zeros((1, 16_400, 2, 3), np.uint8)},
    "rate of 0": {"frame_rate": 0},
    "rate below 0": {"frame_rate": -3},
    "rate of 40 bits": {"frame_rate": 1 << 40},
    "audio no number": {"waveform": np.full(5000, np.nan, np.float32)},
    "audio too fast": {"waveform": SILENCE, "sample_rate": 384_000},
    "audio at no usual rate": {"waveform": SILENCE, "sample_rate": 12_345},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_file_can_hold_is_one_clear_error(tmp_path, name):
    path = tmp_path / "v.mp4"
    path.write_bytes(b"before")
    given = {"frames": FRAMES, "frame_rate": 10} | REFUSED[name]
    with pytest.raises(errors.UserError):
        writer.write_mp4(path, **given)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_frames_of_an_odd_size_are_a_value_error_too(tmp_path):
    with pytest.raises(ValueError, match="even height and width"):
        writer.write_mp4(tmp_path / "v.mp4", FRAMES[:, :31], 10)


def test_audio_without_a_sample_is_no_error(tmp_path):
    path = tmp_path / "v.mp4"
    writer.write_mp4(path, FRAMES, 10, SILENCE[:0])
    with video_file.VideoFile(path, 1 << 20) as video:
        assert video.stream.frames == len(FRAMES)
    with audio_track.AudioTrack(path, 1 << 20) as track:
        assert not track.present
