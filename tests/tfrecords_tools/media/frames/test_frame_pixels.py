import av
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures.numbered_videos import write_video
from tfrecords_tools.media import pixel_video
from tfrecords_tools.media.frames import frame_colors, frame_pixels

PATCHES = np.array(
    [[200, 40, 40], [40, 200, 40], [40, 40, 200], [230, 230, 40]], np.uint8
)
CODES = {"ITU601": 5, "ITU709": 1}


def patches(height=64, width=96):
    """Four colours side by side."""
    places = np.arange(width) * len(PATCHES) // width
    return np.ascontiguousarray(np.broadcast_to(
        PATCHES[places], (height, width, 3)))  # fmt: skip


def middles(image):
    """The colours in the middle of the four patches."""
    columns = [(2 * n + 1) * image.shape[1] // 8 for n in range(4)]
    return image[image.shape[0] // 2, columns].astype(int)


def first(path):
    with pixel_video.PixelVideo(path, 1 << 20) as video:
        return next(video.frames()).pixels


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p", "yuv420p10le"])
@pytest.mark.parametrize("value_range", [1, 2])
@pytest.mark.parametrize("matrix", CODES)
def test_colours_are_right(tmp_path, matrix, value_range, pix_fmt):
    path = write_video(
        tmp_path / "v.mkv",
        [patches()] * 2,
        pix_fmt=pix_fmt,
        tags={"colorspace": CODES[matrix], "color_range": value_range},
        matrix=matrix,
    )
    np.testing.assert_allclose(middles(first(path)), PATCHES, atol=4)


@pytest.mark.parametrize("pix_fmt", ["yuva420p", "yuv420p", "rgb24", "bgra"])
def test_alpha_is_dropped_and_rgb_stays(pix_fmt):
    frame = av.VideoFrame.from_ndarray(patches()).reformat(format=pix_fmt)
    image = frame_pixels.Converter().pixels(frame)
    np.testing.assert_allclose(middles(image), PATCHES, atol=3)


@pytest.mark.parametrize("name, black", [("gray", 16), ("gray10le", 64)])
def test_gray_has_three_equal_colours(name, black):
    frame = av.VideoFrame(32, 16, name)
    for plane in frame.planes:
        levels = np.frombuffer(plane, np.uint8 if black == 16 else "<u2")
        levels[:] = black
    frame.color_range = 1
    image = frame_pixels.Converter().pixels(frame)
    assert image.shape == (16, 32, 3) and (image == 0).all()


@pytest.mark.parametrize("height, width", [(63, 96), (64, 95), (63, 95)])
def test_odd_sizes_stay(tmp_path, height, width):
    path = write_video(
        tmp_path / "v.mkv",
        [patches(height, width)] * 2,
        codec="mjpeg",
        pix_fmt="yuvj420p",
    )
    image = first(path)
    assert image.shape == (height, width, 3)
    np.testing.assert_allclose(middles(image), PATCHES, atol=6)


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "rgb24", "gray"])
def test_a_video_that_changes_its_size_keeps_the_first_one(pix_fmt):
    converter = frame_pixels.Converter()
    for size in [(64, 96), (32, 48), (128, 130), (64, 96)]:
        frame = av.VideoFrame.from_ndarray(patches(*size))
        image = converter.pixels(frame.reformat(format=pix_fmt))
        assert image.shape == (64, 96, 3)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_frames_are_upright(tmp_path, rotation):
    turned = np.ascontiguousarray(np.rot90(patches(), -rotation // 90))
    path = write_video(tmp_path / "v.mp4", [turned] * 2, rotation=rotation)
    with pixel_video.PixelVideo(path, 1 << 20) as video:
        assert (video.height, video.width) == (64, 96)
        image = next(video.frames()).pixels
    np.testing.assert_allclose(middles(image), PATCHES, atol=4)


@pytest.mark.parametrize("weights", [frame_colors.BT601, frame_colors.BT709])
@pytest.mark.parametrize("color", [0, 255, 128, *map(tuple, PATCHES)])
def test_planes_are_limited_range(color, weights):
    pixels = np.full((4, 6, 3), color, np.uint8)
    planes = frame_pixels.planes(pixels, weights)
    assert [plane.shape for plane in planes] == [(4, 6), (2, 3), (2, 3)]
    red, green, blue = pixels[0, 0] / 255
    luma = weights[0] * red + weights[1] * blue
    luma += (1 - sum(weights)) * green
    wanted = [
        16 + 219 * luma,
        128 + 224 * (blue - luma) / (2 - 2 * weights[1]),
        128 + 224 * (red - luma) / (2 - 2 * weights[0]),
    ]
    for plane, level in zip(planes, wanted, strict=True):
        assert (plane == plane[0, 0]).all()
        assert plane[0, 0] == pytest.approx(level, abs=0.51)


def there_and_back(pixels):
    frame = av.VideoFrame(pixels.shape[1], pixels.shape[0], "yuv420p")
    made = frame_pixels.planes(pixels, frame_colors.BT601)
    for plane, values in zip(frame.planes, made, strict=True):
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, -1)
        rows[:, : plane.width] = values
    return frame_pixels.Converter().pixels(frame)


@pytest.mark.parametrize("axis", [0, 1])
def test_chroma_does_not_move_on_the_way_there_and_back(axis):
    ramp = np.linspace(60, 190, 64).round()[:, None]
    errors = []
    for red in (ramp, ramp[::-1]):
        pixels = np.full((64, 64, 3), 120, np.uint8)
        pixels[..., 0] = red if axis == 0 else red.T
        error = there_and_back(pixels).astype(int) - pixels
        errors.append(error[2:-2, 2:-2, 0].mean())
    # A quarter of a pixel would be 1.
    assert abs(errors[0] - errors[1]) < 0.15 and abs(sum(errors)) < 0.5
