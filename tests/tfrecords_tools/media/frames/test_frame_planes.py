from fractions import Fraction

import av
import av.video.reformatter as reformatter
import cv2
import numpy as np
import pytest
import simplejpeg
import tensorflow as tf

from tests.tfrecords_tools.fixtures.numbered_videos import (
    number_in,
    numbered,
    write_video,
)
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader
from tfrecords_tools.media.frames import frame_colors, frame_planes


def ramp(height, width):
    """uint8 [height, width, 3]: red rises to the right, green downwards."""
    image = np.full((height, width, 3), 60, np.uint8)
    image[..., 0] = np.linspace(20, 235, width)
    image[..., 1] = np.linspace(20, 235, height)[:, None]
    return image


def frame_of(image, pix_fmt="yuv420p"):
    frame = av.VideoFrame.from_ndarray(image)
    return frame.reformat(format=pix_fmt)


def shapes(image, shape, aspect=1):
    scaler = frame_planes.Scaler(shape, Fraction(aspect))
    return [plane.shape for plane in scaler.planes(frame_of(image))]


def read(path, **settings):
    return list(reader.read_frames(path, reader.Config(**settings)))


def decoded(frame):
    return simplejpeg.decode_jpeg(frame.data)


@pytest.mark.parametrize("crop", [True, False])
@pytest.mark.parametrize("size", [(50, 50), (96, 40), (200, 312), (100, 160)])
def test_exact_size_is_exact(crop, size):
    shape = frame_planes.Shape(exact=size, crop=crop)
    half = size[0] // 2, size[1] // 2
    assert shapes(ramp(100, 160), shape) == [size, half, half]


def test_stretching_shows_the_whole_frame(tmp_path):
    path = write_video(tmp_path / "v.mp4", [ramp(96, 160)])
    image = decoded(read(path, height=64, width=64, fit="stretch")[0])
    wanted = cv2.resize(ramp(96, 160), (64, 64), interpolation=cv2.INTER_AREA)
    assert np.abs(image.astype(int) - wanted).mean() < 3


def test_cropping_shows_the_middle_undistorted(tmp_path):
    path = write_video(tmp_path / "v.mp4", [ramp(96, 160)])
    image = decoded(read(path, height=96, width=96)[0])
    assert np.abs(image.astype(int) - ramp(96, 160)[:, 32:128]).mean() < 3


def test_cropping_scales_until_the_size_is_covered(tmp_path):
    path = write_video(tmp_path / "v.mp4", [ramp(96, 160)])
    image = decoded(read(path, height=48, width=48)[0])
    middle = ramp(96, 160)[:, 32:128]
    wanted = cv2.resize(middle, (48, 48), interpolation=cv2.INTER_AREA)
    assert np.abs(image.astype(int) - wanted).mean() < 3


@pytest.mark.parametrize("rotation", [90, 270])
def test_exact_size_is_that_of_the_upright_frame(tmp_path, rotation):
    turned = [np.ascontiguousarray(np.rot90(numbered(n), -rotation // 90))
              for n in range(2)]  # fmt: skip
    path = write_video(tmp_path / "v.mp4", turned, rotation=rotation)
    frames = read(path, height=48, width=80)
    assert (frames[0].height, frames[0].width) == (48, 80)
    assert [number_in(decoded(frame)) for frame in frames] == [0, 1]


def test_exact_size_counts_before_the_short_side(plain_video):
    frame = read(plain_video, short_side=32, height=64, width=96)[0]
    assert (frame.height, frame.width) == (64, 96)
    assert decoded(frame).shape == (64, 96, 3)


@pytest.mark.parametrize(
    "width, height, aspect, exact, wanted",
    [
        (160, 96, 1, (96, 96), (160, 96)),
        (160, 96, 1, (48, 48), (80, 48)),
        (96, 160, 1, (48, 48), (48, 80)),
        (100, 100, 2, (100, 50), (100, 50)),  # Pixels twice as wide.
        (33, 33, 1, (64, 32), (64, 64)),
    ],
)
def test_covering_size_keeps_the_shape(width, height, aspect, exact, wanted):
    size = frame_planes.covering_size(width, height, Fraction(aspect), exact)
    assert size == wanted


def test_gray_frames_are_jpegs_of_one_component(plain_video):
    frame = read(plain_video, grayscale=True)[7]
    assert simplejpeg.decode_jpeg_header(frame.data)[2] == "Gray"
    image = tf.io.decode_jpeg(frame.data, channels=3).numpy()
    assert image.shape == (96, 160, 3)
    assert np.ptp(image, axis=-1).max() == 0
    assert number_in(image) == 7


@pytest.mark.parametrize(
    "settings, told",
    [
        ({"height": 64}, "wanted both"),
        ({"width": 64}, "wanted both"),
        ({"height": 64, "width": 63}, "--media.width=63"),
        ({"height": 63, "width": 64}, "--media.height=63"),
        ({"fit": "stretch"}, "add --media.height and --media.width"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, told):
    with pytest.raises(errors.UserError, match=told):
        reader.Config(**settings)


def test_limited_range_becomes_full_range_to_the_digit():
    level = np.arange(256)
    tables = [(level - 16) * 255 / 219, (level - 128) * 255 / 224 + 128]
    luma, chroma = (np.round(t).clip(0, 255).astype(int) for t in tables)
    # Wide rows and short ones: vector instructions and what they leave over.
    for width in (256, 3):
        planes = [level.astype(np.uint8).reshape(-1, 256)] * 3
        if width == 3:
            planes = [np.repeat(p.reshape(256, 1), 3, 1) for p in planes]
        y, u, v = frame_colors.converted(planes, False, frame_colors.BT601)
        spread = (lambda t: np.repeat(t, 3)) if width == 3 else (lambda t: t)
        assert np.array_equal(y.ravel(), spread(luma))
        assert np.array_equal(u.ravel(), spread(chroma))
        assert np.array_equal(v.ravel(), spread(chroma))


def by_the_book(frame, size, quality):
    """The JPEG of a limited-range BT.601 frame, with nothing saved."""
    scaled = reformatter.VideoReformatter().reformat(
        frame,
        *size,
        "yuv420p",
        src_color_range="MPEG",
        dst_color_range="MPEG" if size == (160, 96) else "JPEG",
        interpolation="AREA",
        threads=1,
    )
    planes = [
        np.frombuffer(plane, np.uint8).reshape(plane.height, -1)
        for plane in scaled.planes
    ]
    planes = [
        p[:, : q.width] for p, q in zip(planes, scaled.planes, strict=True)
    ]
    if size == (160, 96):
        level = np.arange(256)
        luma = np.round((level - 16) * 255 / 219).clip(0, 255)
        chroma = np.round((level - 128) * 255 / 224 + 128).clip(0, 255)
        planes = [
            cv2.LUT(np.ascontiguousarray(plane), table.astype(np.uint8))
            for plane, table in zip(planes, (luma, chroma, chroma), strict=True)
        ]
    return simplejpeg.encode_jpeg_yuv_planes(*planes, quality)


@pytest.mark.parametrize(
    "settings, size",
    [({}, (160, 96)), ({"short_side": 48, "quality": 70}, (80, 48))],
)
def test_bytes_are_those_of_scaling_converting_and_encoding(
    tmp_path, settings, size
):
    images = [ramp(96, 160), 255 - ramp(96, 160), numbered(21)]
    path = write_video(tmp_path / "v.mkv", images, codec="ffv1")
    quality = settings.get("quality", 90)
    with av.open(str(path)) as file:
        wanted = [
            by_the_book(frame, size, quality) for frame in file.decode(video=0)
        ]
    assert [frame.data for frame in read(path, **settings)] == wanted
