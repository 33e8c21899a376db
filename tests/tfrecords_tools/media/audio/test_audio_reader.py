import pathlib

import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import sounding_videos
from tests.tfrecords_tools.fixtures.sounding_videos import (
    TIMES,
    onsets,
    tones,
    write,
)
from tfrecords_tools.media import video_file
from tfrecords_tools.media.audio import audio_reader
from tfrecords_tools.media.writing import writer

RATE = 16_000
FORMATS = pathlib.Path(__file__).parents[4].parent / "shared/data/formats"
# Those of real files: what encoders put before the audio is in the file.
CODECS = [
    ("pcm_s16le", "avi", 44100, 1),
    ("pcm_s16le", "mkv", 44100, 1),
    ("pcm_s16le", "mov", 48000, 1),
    ("flac", "mkv", 44100, 1),
    ("aac", "mp4", 44100, 2),
    ("aac", "mkv", 48000, 2),
    ("libmp3lame", "mp4", 44100, 2),
    ("libmp3lame", "mkv", 44100, 2),
    ("libopus", "mp4", 48000, 2),
    ("libopus", "mkv", 48000, 2),
]


def opened(path, start=0, max_pixels=sounding_videos.MAX_PIXELS, **settings):
    config = audio_reader.Config(**{"rate": RATE} | settings)
    return audio_reader.AudioReader(path, config, max_pixels, start)


def heard(path, start=0, end=4_000_000, **settings):
    with opened(path, start, **settings) as clip:
        return clip.take(start, end)


@pytest.fixture(scope="module")
def pcm(tmp_path_factory):
    return write(tmp_path_factory.mktemp("pcm") / "a.mov", rate=44100)


@pytest.mark.parametrize("codec, suffix, rate, allowed_ms", CODECS)
def test_tones_come_when_they_were_rendered(
    tmp_path, codec, suffix, rate, allowed_ms
):
    path = write(tmp_path / f"a.{suffix}", codec, rate)
    found = onsets(heard(path), RATE)
    assert found == pytest.approx(TIMES, abs=allowed_ms / 1000)


@pytest.mark.parametrize("codec, suffix, rate, allowed_ms", CODECS)
def test_seeking_gives_what_decoding_from_the_start_gives(
    tmp_path, codec, suffix, rate, allowed_ms
):
    path = write(tmp_path / f"a.{suffix}", codec, rate)
    sought = heard(path, start=2_400_000)
    np.testing.assert_allclose(sought, heard(path)[38_400:], atol=1e-3)


def test_audio_that_starts_late_stays_late(tmp_path):
    late = {0: 8_000}  # 0.5 s.
    path = write(tmp_path / "a.mkv", starts=late)
    wanted = [time + 0.5 for time in TIMES]
    assert onsets(heard(path), RATE) == pytest.approx(wanted, abs=0.001)


def test_audio_that_ends_early_is_filled_up(tmp_path):
    path = write(tmp_path / "a.mkv", waves=tones(RATE, seconds=1))
    with opened(path) as clip:
        assert onsets(clip.take(0, 4_000_000), RATE) == pytest.approx(
            [0.5], abs=0.001
        )
        assert clip.note == "3.00 s of audio missing"


def test_a_gap_is_filled_with_zeros(tmp_path):
    # Packets of 60 ms: from 1.8 s on, all come 0.25 s later.
    path = write(tmp_path / "a.mkv", starts={30: 4_000})
    samples = heard(path)
    wanted = [0.5, 1.25, 2.25, 3.25]
    assert onsets(samples, RATE) == pytest.approx(wanted, abs=0.001)
    assert not samples[29_000:32_500].any()


def test_a_filled_gap_is_noted(tmp_path):
    path = write(tmp_path / "a.mkv", starts={30: 4_000})
    with opened(path) as clip:
        clip.take(0, 4_000_000)
        assert clip.filled_seconds == pytest.approx(0.25, abs=0.001)
        assert clip.note == "0.25 s of audio missing"


def test_overlapping_audio_is_cut(tmp_path):
    # From 1.8 s on, all is stated 40 ms earlier.
    path = write(tmp_path / "a.mkv", starts={30: -640})
    wanted = [0.5, 1.25, 1.96, 2.96]
    assert onsets(heard(path), RATE) == pytest.approx(wanted, abs=0.002)


def test_times_that_waver_leave_no_holes(tmp_path):
    waver = {number: 48 * (-1) ** number for number in range(1, 66)}  # 3 ms.
    path = write(tmp_path / "a.mkv", starts=waver)
    np.testing.assert_allclose(heard(path), tones(RATE), atol=1e-4)


def test_chunks_add_up_to_the_whole(pcm):
    with opened(pcm) as clip:
        edges = range(0, 4_000_001, 33_367)
        chunks = [clip.take(start, start + 33_367) for start in edges[:-1]]
    whole = heard(pcm)
    joined = np.concatenate(chunks)
    assert np.array_equal(joined, whole[: len(joined)])


def test_every_chunk_has_the_samples_between_its_rounded_edges(pcm):
    with opened(pcm, rate=11_025) as clip:
        assert len(clip.take(0, 33_333)) == 367
        assert len(clip.take(33_333, 66_667)) == 735 - 367


def test_what_stands_between_chunks_is_skipped(pcm):
    with opened(pcm) as clip:
        clip.take(0, 100_000)
        later = clip.take(1_200_000, 1_400_000)
    assert np.array_equal(later, heard(pcm)[19_200:22_400])


def test_time_cannot_go_back(pcm):
    with opened(pcm) as clip:
        clip.take(0, 100_000)
        with pytest.raises(ValueError, match="already taken"):
            clip.take(50_000, 150_000)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_any_rate_keeps_the_times(pcm, rate):
    found = onsets(heard(pcm, rate=rate), rate)
    assert found == pytest.approx(TIMES, abs=0.001)


def test_the_same_rate_gives_the_samples_of_the_file(tmp_path):
    path = write(tmp_path / "a.mov")
    np.testing.assert_allclose(heard(path), tones(RATE), atol=1e-4)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_taking_noise_out_does_not_shift_the_audio(pcm, rate):
    found = onsets(heard(pcm, rate=rate, denoise=True), rate)
    assert found == pytest.approx(TIMES, abs=0.001)


def test_steady_noise_becomes_weaker(tmp_path):
    noise = np.random.default_rng(0).normal(0, 1e-3, 64_000)
    path = write(tmp_path / "a.mov", waves=(tones(RATE) + noise))
    quiet = slice(50_000, 60_000)  # Seconds 3.1 to 3.8.
    cleaned = heard(path, denoise=True)[quiet].std()
    assert cleaned < 0.6 * heard(path)[quiet].std()


def test_two_channels_are_averaged(tmp_path):
    waves = np.stack([tones(RATE), 0 * tones(RATE)])
    path = write(tmp_path / "a.mov", waves=waves, layout="stereo")
    np.testing.assert_allclose(heard(path), tones(RATE) / 2, atol=1e-4)


def test_full_scale_in_six_channels_stays_full_scale(tmp_path):
    waves = np.ones((6, 64_000))
    path = write(tmp_path / "a.mov", waves=waves, layout="5.1")
    assert heard(path)[32_000] == pytest.approx(1, abs=1e-3)


TWO = {"languages": ("eng", "deu"), "codec": "aac"}


@pytest.fixture(scope="module")
def two_tracks(tmp_path_factory):
    waves = np.stack([tones(RATE, [1.0])[None], tones(RATE, [2.0])[None]])
    path = tmp_path_factory.mktemp("two") / "a.mkv"
    return write(path, waves=waves, **TWO)


@pytest.mark.parametrize(
    "settings, time",
    [({"track": 0}, 1), ({"track": 1}, 2), ({"language": "DEU"}, 2)],
)
def test_tracks_are_chosen(two_tracks, settings, time):
    found = onsets(heard(two_tracks, **settings), RATE)
    assert found == pytest.approx([time], abs=0.002)


@pytest.mark.parametrize(
    "settings, asked",
    [
        ({"track": 2}, "track 2"),
        ({"language": "fra"}, "track in language 'fra'"),
        ({"language": "deu", "track": 1}, "track 1 in language 'deu'"),
    ],
)
def test_a_missing_track_is_told_with_those_there_are(
    two_tracks, settings, asked
):
    with pytest.raises(video_file.VideoError) as failure:
        opened(two_tracks, **settings)
    assert failure.value.status == "no_track"
    wanted = f"has no audio {asked}; it has 0 (eng), 1 (deu)"
    assert failure.value.reason == wanted


@pytest.fixture(scope="module")
def silent(tmp_path_factory):
    path = tmp_path_factory.mktemp("silent") / "a.mp4"
    writer.write_mp4(path, np.zeros((4, 32, 32, 3), np.uint8), 4)
    return path


def test_a_video_without_audio_gives_zeros(silent):
    with opened(silent) as clip:
        samples = clip.take(0, 1_000_000)
        assert not clip.present and clip.note == "no audio"
    assert samples.shape == (RATE,) and not samples.any()


def test_a_track_of_a_video_without_audio_is_missing(silent):
    with pytest.raises(video_file.VideoError, match="it has no audio"):
        opened(silent, track=0)


def test_broken_audio_is_filled_with_zeros_and_noted(tmp_path):
    # Packets of 64 ms, the spoilt ones from 1.6 to 2.56 s.
    path = write(tmp_path / "a.mp4", "aac", spoilt=range(25, 40))
    with opened(path) as clip:
        samples = clip.take(0, 3_900_000)
        assert 0.9 < clip.filled_seconds < 1.1
    assert onsets(samples, RATE) == pytest.approx([0.5, 1.25, 3.0], abs=0.003)


def test_audio_that_is_all_broken_is_noted(tmp_path):
    path = write(tmp_path / "a.mp4", "aac", spoilt=range(100))
    with opened(path) as clip:
        assert not clip.take(0, 1_000_000).any()
        assert clip.note == "its audio cannot be decoded"


def test_a_clip_after_the_end_of_the_audio_is_silent(pcm):
    with opened(pcm, start=9_000_000) as clip:
        assert not clip.take(9_000_000, 9_500_000).any()
        assert clip.filled_seconds == 0.5


def test_samples_stay_within_full_scale(tmp_path):
    loud = 1.5 * np.sign(tones(RATE) - 0.01)
    path = write(tmp_path / "a.mkv", "pcm_f32le", waves=loud)
    assert np.abs(heard(path, rate=12_000)).max() == 1


@pytest.mark.skipif(not FORMATS.is_dir(), reason="needs the real files")
@pytest.mark.parametrize(
    "name",
    [
        "h264_aac_560x320.mp4",
        "h264_mp3_chaplin.mp4",
        "multistream_subtitles_nasa.mp4",
        "syn_mjpeg_pcm.avi",
        "syn_remux.mkv",
        "vp8_vorbis_1280x720_30s.webm",
    ],
)
def test_real_files_sound_the_same_when_sought(name):
    sought = heard(FORMATS / name, start=2_000_000, max_pixels=1 << 24)
    whole = heard(FORMATS / name, max_pixels=1 << 24)
    assert whole.any()
    np.testing.assert_allclose(sought, whole[32_000:], atol=1e-3)
