import io

import numpy as np
import PIL.Image
import pytest
import simplejpeg

from tfrecords_tools.media import (
    image_container,
    image_folder,
    presented_span,
    reader,
)

SIZE = 64, 48


def image(level=100, size=SIZE):
    return PIL.Image.new("RGB", size, (level, level, level))


def encoded(kind="PNG", level=100, size=SIZE, **how):
    stream = io.BytesIO()
    image(level, size).save(stream, kind, **how)
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Writes files; gives the folder as a video of 10 frames a second."""

    def write(files):
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        return image_folder.ImageFolder(str(tmp_path), 10)

    return write


def levels(path, *span):
    """The brightness of each frame."""
    frames = reader.read_frames(path, reader.Config(), *span)
    images = [simplejpeg.decode_jpeg(frame.data) for frame in frames]
    return [round(float(image.mean())) for image in images]


def test_frames_are_in_natural_order(folder):
    names = {"f10.png": 30, "f9.png": 20, "f1.png": 10, "f11.png": 40}
    path = folder({n: encoded(level=each) for n, each in names.items()})
    assert levels(path) == [10, 20, 30, 40]


def test_each_image_is_shown_for_the_same_time(folder):
    path = folder({f"{n}.png": encoded() for n in range(3)})
    found = [(f.time, f.end_time) for f in reader.read_frames(path)]
    assert found == [(0, 100_000), (100_000, 200_000), (200_000, 300_000)]
    assert presented_span.find(path, 10**8) == (0, 300_000)


def test_span_in_the_middle_reads_its_images_alone(folder):
    # Those before it are not even opened.
    files = {f"{n}.png": b"" for n in range(1, 20)}
    files["0.png"] = encoded()
    path = folder(files | {f"{n}.png": encoded(level=n) for n in range(20, 40)})
    assert levels(path, 2.5, 2.8) == [25, 26, 27]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "PPM"])
def test_kind_of_image_is_known_by_its_bytes(folder, kind):
    (level,) = levels(folder({"1.jpg": encoded(kind)}))
    assert abs(level - 100) <= 1


def test_orientation_of_a_camera_is_applied(folder):
    exif = PIL.Image.Exif()
    exif[0x112] = 6
    path = folder({"1.jpg": encoded("JPEG", exif=exif)})
    (frame,) = reader.read_frames(path)
    assert (frame.height, frame.width) == SIZE
    assert reader.probe(path).rotation == 270


def refused(path):
    with pytest.raises(reader.VideoError) as caught:
        list(reader.read_frames(path, reader.Config(max_pixels=10_000)))
    return f"{caught.value.status}: {caught.value.reason}"


def test_different_sizes_are_named(folder):
    path = folder({"1.png": encoded(), "2.png": encoded(size=(32, 24))})
    assert refused(path).startswith(
        "unfit_size: holds images of different sizes: 1.png has 64x48 pixels, "
        "2.png has 32x24 pixels; scale them"
    )


@pytest.mark.parametrize(
    "data, reason",
    [
        (encoded("JPEG")[:400], "is damaged or cut"),
        (encoded("PNG")[:-40], "is damaged or cut"),
        (b"<html>", "is no JPEG, PNG"),
        (b"", "is an empty file"),
    ],
)
def test_broken_image_is_named(folder, data, reason):
    path = folder({"1.png": encoded(), "2.jpg": data})
    assert refused(path).startswith(f"unreadable: its image 2.jpg {reason}")


def test_large_image_is_refused(folder):
    path = folder({"1.jpg": encoded("JPEG", size=(200, 200))})
    assert refused(path).startswith("too_large: its image 1.jpg has more than")


def test_folder_without_images_is_refused(folder):
    assert refused(folder({"1.txt": b""})).startswith("no_frames: holds no im")


def test_file_that_is_missing_is_told(tmp_path):
    path = image_folder.ImageFolder(str(tmp_path / "none"), 10)
    assert refused(path) == (
        "unreadable: cannot be opened: No such file or directory"
    )


def test_folder_has_no_audio(folder):
    path = folder({"1.png": encoded()})
    container = image_container.Container(path, 10**8)
    assert container.streams.best("audio") is None
    assert not list(container.demux("another stream"))


def test_gray_images_have_three_planes(folder):
    gray = io.BytesIO()
    PIL.Image.new("L", SIZE, 77).save(gray, "PNG")
    assert np.isclose(levels(folder({"1.png": gray.getvalue()})), 77, atol=1)
