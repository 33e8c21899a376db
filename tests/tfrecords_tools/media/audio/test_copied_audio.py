import av
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import sounding_videos
from tfrecords_tools.media import pixel_video
from tfrecords_tools.media.audio import audio_track, copied_audio
from tfrecords_tools.media.writing import h264_stream, video_writer

MOST = sounding_videos.MAX_PIXELS
COPIED = [
    ("aac", "mp4", 16_000),
    ("aac", "mkv", 44_100),
    ("aac", "ts", 48_000),
    ("mp3", "mp4", 44_100),
    ("libopus", "mkv", 48_000),
    ("libopus", "mp4", 48_000),
    ("ac3", "ts", 48_000),
    ("flac", "mkv", 16_000),
]
ENCODED = [
    ("pcm_s16le", "avi", 16_000),
    ("pcm_u8", "mkv", 44_100),
    ("pcm_s16le", "mov", 10_000),  # No rate of AAC.
    ("mp2", "mpg", 48_000),
    ("mp3", "mkv", 11_025),
]


def carried(source, path, until=None):
    """Copies a video; gives what is said about its audio."""
    with (
        pixel_video.PixelVideo(source, MOST) as video,
        copied_audio.CopiedAudio(source, MOST) as audio,
        video_writer.writing(
            path, video.height, video.width, h264_stream.StreamFormat(), audio
        ) as writer,
    ):
        for frame in video.frames():
            writer.write(frame.pixels, frame.time, frame.end_time)
            if until and frame.end_time >= until:
                writer.cut_audio(frame.end_time)
                break
    return audio.words


def heard(path, number=0):
    """Seconds from the first image at which tones begin."""
    with pixel_video.PixelVideo(path, MOST) as video:
        first = next(video.frames()).time / 1e6
    with audio_track.AudioTrack(path, MOST, track=number) as track:
        waves = np.zeros(8 * track.rate, np.float32)
        for place, samples in track.blocks():
            start = max(0, place)
            waves[start : place + len(samples)] = samples[start - place :]
    found = sounding_videos.onsets(waves, track.rate)
    return [seconds - first for seconds in found]


def tracks(path):
    with av.open(str(path)) as file:
        return [
            (stream.codec_context.codec.canonical_name, stream.language)
            for stream in file.streams.audio
        ]


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize("codec, kind, rate", COPIED + ENCODED)
def test_audio_stays_in_step(tmp_path, codec, kind, rate, ending):
    source = sounding_videos.write(tmp_path / f"a.{kind}", codec, rate)
    carried(source, tmp_path / f"out.{ending}")
    found = heard(tmp_path / f"out.{ending}")
    assert found == pytest.approx(heard(source), abs=0.002)
    assert len(found) == len(sounding_videos.TIMES)


@pytest.mark.parametrize("codec, kind, rate", COPIED)
def test_what_mp4_can_hold_is_copied(tmp_path, codec, kind, rate):
    source = sounding_videos.write(tmp_path / f"a.{kind}", codec, rate)
    (words,) = carried(source, tmp_path / "out.mp4")
    assert words.endswith(f"{codec.removeprefix('lib')} copied")


@pytest.mark.parametrize("codec, kind, rate", ENCODED)
def test_what_mp4_cannot_hold_becomes_aac(tmp_path, codec, kind, rate):
    source = sounding_videos.write(tmp_path / f"a.{kind}", codec, rate)
    (words,) = carried(source, tmp_path / "out.mp4")
    assert words == f"{codec} encoded as aac"
    assert tracks(tmp_path / "out.mp4") == [("aac", "und")]


def test_matroska_takes_nearly_everything(tmp_path):
    source = sounding_videos.write(tmp_path / "a.avi", "pcm_s16le")
    assert carried(source, tmp_path / "out.mkv") == ["pcm_s16le copied"]


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize("codec", ["aac", "pcm_s16le"])
def test_all_tracks_are_kept_with_their_languages(tmp_path, codec, ending):
    waves = np.stack(
        [
            sounding_videos.tones(16_000, times)[None]
            for times in ([0.5, 2.0], [1.0, 3.0])
        ]
    )
    source = sounding_videos.write(
        tmp_path / "a.mkv", codec, waves=waves, languages=("eng", "deu")
    )
    path = tmp_path / f"out.{ending}"
    carried(source, path)
    assert [language for _, language in tracks(path)] == ["eng", "deu"]
    assert heard(path, 0) == pytest.approx([0.5, 2.0], abs=0.002)
    assert heard(path, 1) == pytest.approx([1.0, 3.0], abs=0.002)


@pytest.mark.parametrize("codec", ["aac", "pcm_s16le"])
def test_late_audio_and_gaps_stay(tmp_path, codec):
    source = sounding_videos.write(
        tmp_path / "a.mkv", codec, starts={0: 8000, 20: 16_000}
    )
    carried(source, tmp_path / "out.mp4")
    found = heard(tmp_path / "out.mp4")
    assert found == pytest.approx(heard(source), abs=0.002)
    assert found[0] == pytest.approx(1.0, abs=0.002)


def test_stereo_stays_stereo(tmp_path):
    left = sounding_videos.tones(16_000)
    source = sounding_videos.write(
        tmp_path / "a.avi",
        waves=np.stack([left, 0 * left]),
        layout="stereo",
    )
    carried(source, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as file:
        frames = [frame.to_ndarray() for frame in file.decode(audio=0)]
    loud = np.abs(np.concatenate(frames, 1)).max(1)
    assert loud[0] > 0.4 and loud[1] < 0.05


def test_no_audio_is_no_track(tmp_path):
    source = sounding_videos.write(tmp_path / "a.mkv", languages=())
    assert carried(source, tmp_path / "out.mp4") == []
    assert tracks(tmp_path / "out.mp4") == []


def test_damaged_audio_is_kept_as_far_as_it_goes(tmp_path):
    source = sounding_videos.write(
        tmp_path / "a.mkv", "mp3", 11_025, spoilt=range(10, 14)
    )
    carried(source, tmp_path / "out.mp4")
    assert heard(tmp_path / "out.mp4")[-1] == pytest.approx(3, abs=0.002)


def test_audio_can_be_cut_with_the_frames(tmp_path):
    source = sounding_videos.write(tmp_path / "a.mkv", "aac")
    carried(source, tmp_path / "out.mp4", until=1_500_000)
    with av.open(str(tmp_path / "out.mp4")) as file:
        seconds = file.duration / av.time_base
    assert seconds == pytest.approx(1.5, abs=0.07)
    assert len(heard(tmp_path / "out.mp4")) == 2


def test_packets_lie_beside_their_frames(tmp_path):
    source = sounding_videos.write(tmp_path / "a.mkv", "aac")
    carried(source, tmp_path / "out.mkv")
    with av.open(str(tmp_path / "out.mkv")) as file:
        packets = [
            (packet.stream.type, float(packet.pts * packet.time_base))
            for packet in file.demux()
            if packet.size and packet.pts is not None
        ]
    # What is shown later may come before what refers to it.
    shown = iter(sorted(time for kind, time in packets if kind == "video"))
    newest = {"video": 0.0, "audio": 0.0}
    for kind, time in packets:
        newest[kind] = next(shown) if kind == "video" else time
        assert abs(newest["video"] - newest["audio"]) < 0.5
