import dataclasses
from fractions import Fraction

import av.video.reformatter as reformatter
import numpy as np
import pytest
import simplejpeg

from tests.tfrecords_tools.fixtures.numbered_videos import (
    number_in,
    numbered,
    write_video,
)
from tfrecords_tools.media import reader

COUNT = 40
IMAGES = [numbered(number) for number in range(COUNT)]


def read(path, start=None, end=None, **settings):
    config = reader.Config(**settings)
    return list(reader.read_frames(path, config, start, end))


def numbers(frames):
    return [number_in(simplejpeg.decode_jpeg(f.data)) for f in frames]


def test_every_frame_comes_at_its_own_time(plain_video):
    frames = read(plain_video)
    assert numbers(frames) == list(range(60))
    assert [f.time for f in frames[:4]] == [0, 33333, 66667, 100000]
    assert frames[-1].end_time == 2_000_000


def test_a_frame_ends_where_the_next_begins(plain_video):
    frames = read(plain_video)
    assert [f.end_time for f in frames[:-1]] == [f.time for f in frames[1:]]


def test_ntsc_rate_gives_exact_times(tmp_path):
    path = write_video(
        tmp_path / "v.mp4", IMAGES, time_base=Fraction(1001, 30000)
    )
    assert [f.time for f in read(path)][30] == 1_001_000


def test_variable_rate_keeps_each_frames_time(tmp_path):
    times = [0, 1, 5, 6, 20]
    path = write_video(tmp_path / "v.mkv", IMAGES[:5], times, Fraction(1, 20))
    frames = read(path)
    assert [f.time for f in frames] == [t * 50_000 for t in times]
    assert numbers(frames) == [0, 1, 2, 3, 4]


def test_given_rate_takes_the_frame_shown_at_each_moment(tmp_path):
    times = [0, 1, 5, 6, 20]
    path = write_video(tmp_path / "v.mkv", IMAGES[:5], times, Fraction(1, 20))
    frames = read(path, frame_rate=10)
    shown = [0, 1, 1, 3, 3, 3, 3, 3, 3, 3, 4]
    assert numbers(frames) == shown
    assert [f.time for f in frames] == [100_000 * n for n in range(11)]


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov"])
def test_the_videos_own_rate_neither_drops_nor_repeats(tmp_path, suffix):
    path = write_video(tmp_path / f"v.{suffix}", IMAGES)
    assert numbers(read(path, frame_rate=30)) == list(range(COUNT))


def test_span_holds_start_and_not_end(plain_video):
    assert numbers(read(plain_video, 0.5, 0.7)) == [15, 16, 17, 18, 19, 20]


def test_span_after_a_seek_equals_the_same_span_of_the_whole(plain_video):
    whole = [f for f in read(plain_video) if 1.5e6 <= f.time < 1.8e6]
    assert read(plain_video, 1.5, 1.8) == whole


def test_span_with_a_rate_starts_at_its_start(plain_video):
    frames = read(plain_video, 1.25, 1.75, frame_rate=10)
    assert numbers(frames) == [37, 40, 43, 46, 49]


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_late_start_counts_from_the_containers_start(tmp_path, suffix):
    path = write_video(
        tmp_path / f"v.{suffix}", IMAGES[:5], [300 + n for n in range(5)]
    )
    frames = read(path)
    assert numbers(frames) == [0, 1, 2, 3, 4]
    assert frames[1].time - frames[0].time == pytest.approx(33_333, abs=1000)


def test_frame_after_the_audio_keeps_its_delay(tmp_path):
    path = write_video(
        tmp_path / "v.mkv",
        IMAGES[:20],
        [15 + n for n in range(20)],
        audio_seconds=1,
    )
    assert read(path)[0].time == pytest.approx(500_000, abs=30_000)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_rotated_video_comes_out_upright(tmp_path, rotation):
    turned = [np.rot90(image, -rotation // 90) for image in IMAGES[:3]]
    turned = [np.ascontiguousarray(image) for image in turned]
    path = write_video(tmp_path / "v.mp4", turned, rotation=rotation)
    frames = read(path)
    assert (frames[0].height, frames[0].width) == (96, 160)
    assert numbers(frames) == [0, 1, 2]
    assert reader.probe(path).rotation == rotation


def test_larger_frames_are_scaled_to_the_short_side(plain_video):
    frame = read(plain_video, short_side=48)[5]
    assert (frame.height, frame.width) == (48, 80)
    assert number_in(simplejpeg.decode_jpeg(frame.data)) == 5


def test_smaller_frames_keep_their_size(plain_video):
    frame = read(plain_video, short_side=200)[0]
    assert (frame.height, frame.width) == (96, 160)


def test_odd_sizes_become_even(tmp_path):
    image = np.full((81, 121, 3), 90, np.uint8)
    path = write_video(tmp_path / "v.mkv", [image], codec="ffv1",
                       pix_fmt="yuv444p")  # fmt: skip
    frame = read(path)[0]
    assert (frame.height, frame.width) == (80, 120)
    assert simplejpeg.decode_jpeg(frame.data).shape == (80, 120, 3)


COLOURS = np.array(
    [[200, 40, 40], [40, 180, 60], [50, 60, 210], [230, 220, 40], [20, 20, 20],
     [240, 240, 240]], np.uint8)  # fmt: skip
PATCHES = np.repeat(np.repeat(COLOURS[None], 64, 0), 32, 1)


@pytest.mark.parametrize(
    "codec, pix_fmt, tags",
    [
        ("libx264", "yuv420p", {"colorspace": 1, "color_range": 1}),
        ("libx264", "yuv420p", {"colorspace": 5, "color_range": 1}),
        ("libx264", "yuv420p", {"colorspace": 1, "color_range": 2}),
        ("libx264", "yuv420p", {"colorspace": 5, "color_range": 2}),
        ("libx264", "yuv422p10le", {"colorspace": 1, "color_range": 1}),
        pytest.param(
            "libx264",
            "yuv444p",
            {"colorspace": 9, "color_range": 1},
            marks=pytest.mark.skipif(
                not hasattr(reformatter.Colorspace, "BT2020"),
                reason="this PyAV cannot write BT.2020",
            ),
        ),
        ("ffv1", "bgr0", {}),
        ("ffv1", "yuva420p", {}),
        ("png", "rgb24", {}),
    ],
)
def test_colours_come_out_right(tmp_path, codec, pix_fmt, tags):
    path = write_video(
        tmp_path / f"v.{'mov' if codec == 'png' else 'mkv'}", [PATCHES] * 2,
        codec=codec, pix_fmt=pix_fmt, tags=tags,
    )  # fmt: skip
    image = simplejpeg.decode_jpeg(read(path)[0].data)
    found = image[32, 16::32].astype(int)
    np.testing.assert_allclose(found, COLOURS, atol=5)


@pytest.mark.parametrize("pix_fmt", ["gray", "gray10le"])
def test_gray_video_stays_gray(tmp_path, pix_fmt):
    gray = np.repeat(PATCHES[..., 1:2], 3, axis=2)
    path = write_video(
        tmp_path / "v.mkv", [gray], codec="ffv1", pix_fmt=pix_fmt
    )
    image = simplejpeg.decode_jpeg(read(path)[0].data)
    np.testing.assert_allclose(image[32, 16::32], gray[32, 16::32], atol=4)


def test_high_definition_without_a_matrix_is_bt709(tmp_path):
    large = np.repeat(np.repeat(PATCHES, 12, axis=0), 8, axis=1)[:720]
    path = write_video(
        tmp_path / "v.mp4", [large], pix_fmt="yuv420p",
        matrix="ITU709",
    )  # fmt: skip
    image = simplejpeg.decode_jpeg(read(path, short_side=64)[0].data)
    places = np.linspace(0, image.shape[1], 13).astype(int)[1::2]
    np.testing.assert_allclose(image[32, places], COLOURS, atol=6)


def broken(path, content):
    path.write_bytes(content)
    return path


def failure(path, **settings):
    with pytest.raises(reader.VideoError) as caught:
        read(path, **settings)
    return caught.value


def test_missing_file_is_named(tmp_path):
    error = failure(tmp_path / "none.mp4")
    assert error.status == "missing" and "none.mp4" in str(error)


def test_empty_file_is_empty(tmp_path):
    assert failure(broken(tmp_path / "v.mp4", b"")).status == "empty"


@pytest.mark.parametrize("name", ["v.mp4", "v.txt", "v.m3u8", "v.mkv"])
def test_text_is_no_video(tmp_path, name):
    path = broken(tmp_path / name, b"#EXTM3U\nplain text\n" * 90)
    assert failure(path).status == "unreadable"


def test_image_is_no_video(tmp_path):
    jpeg = simplejpeg.encode_jpeg(PATCHES)
    assert failure(broken(tmp_path / "v.jpg", jpeg)).status == "unreadable"


def test_audio_alone_is_no_video(tmp_path):
    import av

    path = tmp_path / "v.wav"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 16000), np.int16), format="s16", layout="mono"
        )
        frame.sample_rate = 16000
        file.mux(stream.encode(frame))
    assert failure(path).status == "no_video"


@pytest.mark.parametrize(
    "suffix, options",
    [
        ("mp4", {}),
        ("mp4", {"movflags": "faststart"}),
        ("mkv", {}),
        ("avi", {}),
    ],
)
def test_half_a_file_is_truncated(tmp_path, suffix, options):
    noise = np.random.default_rng(0).integers(0, 255, (40, 96, 160, 3))
    whole = write_video(
        tmp_path / f"whole.{suffix}", list(noise.astype(np.uint8)),
        container_options=options,
    )  # fmt: skip
    content = whole.read_bytes()
    half = broken(tmp_path / f"half.{suffix}", content[: len(content) // 2])
    assert failure(half).status == "truncated"
    assert len(read(whole)) == 40


def test_long_audio_does_not_make_a_video_truncated(tmp_path):
    path = write_video(tmp_path / "v.mkv", IMAGES[:5], audio_seconds=3)
    assert len(read(path)) == 5


def test_clock_that_starts_again_is_no_silent_end(tmp_path):
    part = write_video(tmp_path / "part.ts", IMAGES[:12]).read_bytes()
    error = failure(broken(tmp_path / "joined.ts", part + part))
    assert error.status == "clock_restarts" and "goes back" in error.reason


def test_span_after_the_end_holds_no_frames(plain_video):
    with pytest.raises(reader.VideoError) as caught:
        read(plain_video, 9.0, 10.0)
    assert caught.value.status == "no_frames_in_span"


def test_too_many_pixels_are_refused(plain_video):
    assert failure(plain_video, max_pixels=1000).status == "too_large"


def test_probe_tells_the_facts(plain_video):
    metadata = reader.probe(plain_video)
    assert str(metadata) == "h264, 160x96, 30 fps"
    assert dataclasses.replace(metadata, rotation=90).__str__().endswith("90")


def test_variable_rate_is_told(tmp_path):
    times = [0, 1, 5, 6, 20]
    path = write_video(tmp_path / "v.mp4", IMAGES[:5], times)
    assert reader.probe(path).variable_rate


def test_frames_with_invented_parts_are_marked(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (20, 96, 160, 3))
    whole = write_video(tmp_path / "whole.mp4", list(noise.astype(np.uint8)))
    content = bytearray(whole.read_bytes())
    for place in range(len(content) // 4, len(content) // 2, 999):
        content[place] ^= 0x55
    damaged = read(broken(tmp_path / "v.mp4", bytes(content)))
    assert any(frame.damaged for frame in damaged)
    assert not any(frame.damaged for frame in read(whole))


def test_frames_are_read_one_by_one(plain_video):
    frames = reader.read_frames(plain_video)
    assert next(frames).time == 0
    frames.close()
