import math
import os
import struct
import threading
from fractions import Fraction

import av
import numpy as np
import pytest
import simplejpeg

from tests.tfrecords_tools.fixtures import oriented_videos as oriented
from tfrecords_tools.media import (
    live_frames,
    live_video,
    pixel_video,
    reader,
    video_file,
)
from tfrecords_tools.media.frames import (
    frame_edits,
    frame_pixels,
    frame_planes,
    packet_frames,
    thumbnails,
    timed_frames,
)

MOST = 1 << 20
CASES = [
    (matrix, size)
    for matrix in oriented.EIGHT.values()
    for size in ((64, 96), (96, 64), (64, 64))
]


def by_angle(degrees, mirror=1):
    """The matrix of a rotation, after a mirror where that is -1."""
    sine, cosine = (f(math.radians(degrees)) for f in (math.sin, math.cos))
    return mirror * cosine, mirror * sine, -sine, cosine


# None of the eight: players show the coded image.
ODD = {
    "zero": (0, 0, 0, 0),
    "a line": (1, 0, 1, 0),
    "another line": (0, 0, 1, 1),
    "shear": (1, 0.5, 0, 1),
    "45 degrees": by_angle(45),
    "30 degrees, mirrored": by_angle(30, -1),
    "100 degrees": by_angle(100),
}


def pixels(path):
    with pixel_video.PixelVideo(path, MOST) as video:
        images = [frame.pixels for frame in video.frames()]
        assert images[0].shape == (video.height, video.width, 3)
        return images[-1]


def planes(path, aspect=1, **shape):
    with video_file.VideoFile(path, MOST) as video:
        scaler = frame_planes.Scaler(frame_planes.Shape(**shape), aspect)
        for timed in timed_frames.decode(video):
            made = scaler.planes(timed.frame)
        return [plane.copy() for plane in made]


def both(folder, matrix, size, **settings):
    """The same packets without a matrix and with it."""
    plain = oriented.write(folder / "plain.mp4", None, size, **settings)
    return plain, oriented.write(folder / "v.mp4", matrix, size, **settings)


def assert_same(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("matrix, size", CASES)
def test_pixels_stand_where_players_show_them(tmp_path, matrix, size):
    plain, turned = both(tmp_path, matrix, size)
    np.testing.assert_array_equal(
        pixels(turned), oriented.shown(pixels(plain), matrix)
    )


@pytest.mark.parametrize("matrix, size", CASES)
def test_stored_planes_stand_there_too(tmp_path, matrix, size):
    plain, turned = both(tmp_path, matrix, size)
    wanted = [oriented.shown(plane, matrix) for plane in planes(plain)]
    assert_same(planes(turned), wanted)


@pytest.mark.parametrize("matrix, size", CASES)
def test_scaled_planes_do(tmp_path, matrix, size):
    plain, turned = both(tmp_path, matrix, size)
    wanted = planes(plain, short_side=32)
    wanted = [oriented.shown(plane, matrix) for plane in wanted]
    assert_same(planes(turned, short_side=32), wanted)


@pytest.mark.parametrize("crop", [True, False])
@pytest.mark.parametrize("matrix", oriented.EIGHT.values())
def test_an_exact_size_is_that_of_the_upright_frame(tmp_path, matrix, crop):
    plain, turned = both(tmp_path, matrix, (64, 96))
    size = (32, 56)
    coded = size if matrix[0] else size[::-1]
    wanted = planes(plain, exact=coded, crop=crop)
    wanted = [oriented.shown(plane, matrix) for plane in wanted]
    assert wanted[0].shape == size
    assert_same(planes(turned, exact=size, crop=crop), wanted)


@pytest.mark.parametrize("matrix", oriented.EIGHT.values())
def test_thumbnails_are_upright(tmp_path, matrix):
    plain, turned = both(tmp_path, matrix, (64, 96))
    (_, _, coded), *_ = thumbnails.read(plain, MOST, short_side=32)
    (_, _, found), *_ = thumbnails.read(turned, MOST, short_side=32)
    np.testing.assert_array_equal(found, oriented.shown(coded, matrix))


def near(image, wanted):
    return np.abs(image.astype(int) - wanted).mean() < 4


@pytest.mark.parametrize("storage", ["jpeg", "h264", "h265"])
@pytest.mark.parametrize("matrix", oriented.EIGHT.values())
def test_stored_frames_are_upright(tmp_path, matrix, storage):
    path = oriented.write(tmp_path / "v.mov", matrix)
    frames = list(reader.read_frames(path, reader.Config(storage=storage)))
    if storage == "jpeg":
        image = simplejpeg.decode_jpeg(frames[2].data)
    else:
        packets = [frame.data for frame in frames]
        image = packet_frames.decode(storage, packets, [2])[0]
    wanted = oriented.shown(oriented.corners(), matrix)
    assert (frames[0].height, frames[0].width) == wanted.shape[:2]
    assert near(image, wanted)


@pytest.mark.parametrize("matrix", oriented.EIGHT.values())
def test_key_and_different_frames_are_upright(tmp_path, matrix):
    path = oriented.write(tmp_path / "v.mp4", matrix)
    wanted = oriented.shown(oriented.corners(), matrix)
    for pick in ("key", "different"):
        frame = next(reader.read_frames(path, reader.Config(pick=pick)))
        assert near(simplejpeg.decode_jpeg(frame.data), wanted)


@pytest.mark.parametrize("matrix", oriented.EIGHT.values())
def test_filtered_frames_are_upright(tmp_path, matrix):
    path = oriented.write(tmp_path / "v.mp4", matrix)
    edits = frame_edits.FrameEdits(filters=("nlmeans=s=1", "crop=iw:ih:0:0"))
    frame = next(reader.read_frames(path, edits=edits))
    wanted = oriented.shown(oriented.corners(), matrix)
    assert near(simplejpeg.decode_jpeg(frame.data), wanted)


@pytest.mark.parametrize("matrix", oriented.EIGHT.values())
def test_live_frames_of_a_file_are_upright(tmp_path, matrix):
    path = oriented.write(tmp_path / "v.mp4", matrix)
    with live_video.LiveVideo(path, MOST) as video:
        frame, *_ = live_frames.read(video, reader.Config())
    wanted = oriented.shown(oriented.corners(), matrix)
    assert near(simplejpeg.decode_jpeg(frame.data), wanted)


@pytest.mark.parametrize("matrix", oriented.EIGHT.values())
def test_live_frames_of_a_pipe_are_upright(tmp_path, matrix):
    fragmented = {"movflags": "frag_keyframe+empty_moov"}
    path = oriented.write(
        tmp_path / "v.mp4", matrix, container_options=fragmented
    )
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    feeder = threading.Thread(
        target=pipe.write_bytes, args=(path.read_bytes(),)
    )
    feeder.start()
    with live_video.LiveVideo(pipe, MOST) as video:
        frame, *_ = live_frames.read(video, reader.Config())
    feeder.join()
    wanted = oriented.shown(oriented.corners(), matrix)
    assert near(simplejpeg.decode_jpeg(frame.data), wanted)


@pytest.mark.parametrize(
    "name, factor", [(n, f) for n in oriented.EIGHT for f in (0.25, 2)]
)
def test_a_scaled_matrix_only_turns_and_mirrors(tmp_path, name, factor):
    matrix = oriented.EIGHT[name]
    scaled = tuple(factor * value for value in matrix)
    plain, turned = both(tmp_path, scaled, (64, 96))
    np.testing.assert_array_equal(
        pixels(turned), oriented.shown(pixels(plain), matrix)
    )


@pytest.mark.parametrize("name", oriented.EIGHT)
def test_a_matrix_of_rounded_sines_counts(tmp_path, name):
    matrix = oriented.EIGHT[name]
    rounded = tuple(value or -0.003 for value in matrix)
    plain, turned = both(tmp_path, rounded, (64, 96))
    np.testing.assert_array_equal(
        pixels(turned), oriented.shown(pixels(plain), matrix)
    )


@pytest.mark.parametrize("name", ODD)
def test_any_other_matrix_is_ignored_and_told(tmp_path, name):
    plain, odd = both(tmp_path, ODD[name], (64, 96))
    np.testing.assert_array_equal(pixels(odd), pixels(plain))
    assert_same(planes(odd), planes(plain))
    metadata = reader.probe(odd)
    assert (metadata.rotation, metadata.mirrored) == (0, False)
    assert "odd display matrix ignored" in metadata.remarks


@pytest.mark.parametrize(
    "name, words",
    [
        ("upright", ""),
        ("quarter", "rotated 270"),
        ("half", "rotated 180"),
        ("three quarters", "rotated 90"),
        ("mirrored", "mirrored"),
        ("upside down", "mirrored, rotated 180"),
        ("transposed", "mirrored, rotated 90"),
        ("transposed the other way", "mirrored, rotated 270"),
    ],
)
def test_metadata_mirror_first_and_rotate_then(tmp_path, name, words):
    path = oriented.write(tmp_path / "v.mp4", oriented.EIGHT[name])
    told = str(reader.probe(path)).removeprefix("h264, 96x64, 30 fps")
    assert told.removeprefix(", ") == words


def with_orientation_messages(path, options):
    """The stream with an H.264 message of display orientation."""
    output = path.with_suffix(".ts")
    with av.open(str(path)) as source, av.open(str(output), "w") as file:
        stream = file.add_stream_from_template(source.streams.video[0])
        chain = av.bitstream.BitStreamFilterContext(
            f"h264_mp4toannexb,h264_metadata=display_orientation=insert:{options}",
            in_stream=source.streams.video[0],
        )
        for packet in source.demux(video=0):
            for made in chain.filter(packet if packet.size else None):
                made.stream = stream
                file.mux(made)
    return output


@pytest.mark.parametrize(
    "options, name",
    [
        ("rotate=0:flip=horizontal", "mirrored"),
        ("rotate=0:flip=vertical", "upside down"),
        ("rotate=90", "three quarters"),
    ],
)
def test_orientation_within_the_stream_counts(tmp_path, options, name):
    plain = oriented.write(tmp_path / "v.mp4")
    path = with_orientation_messages(plain, options)
    wanted = oriented.shown(pixels(plain), oriented.EIGHT[name])
    np.testing.assert_array_equal(pixels(path), wanted)


def test_a_message_holds_for_live_and_filtered_frames_too(tmp_path):
    plain = oriented.write(tmp_path / "v.mp4")
    path = with_orientation_messages(plain, "rotate=0:flip=horizontal")
    edits = frame_edits.FrameEdits(filters=("nlmeans=s=1",))
    with live_video.LiveVideo(path, MOST) as video:
        found = [*live_frames.read(video, reader.Config())]
    found += reader.read_frames(path, edits=edits)
    assert len(found) == 6
    for frame in found:
        image = simplejpeg.decode_jpeg(frame.data)
        assert near(image, oriented.corners()[:, ::-1])


def with_exif(image, number):
    """A JPEG whose EXIF says its orientation, 1 to 8."""
    jpeg = simplejpeg.encode_jpeg(image, 95, colorsubsampling="444")
    entry = struct.pack("<HHII", 0x112, 3, 1, number)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    data = b"Exif\0\0" + tiff
    return (
        jpeg[:2]
        + struct.pack(">2sH", b"\xff\xe1", len(data) + 2)
        + data
        + (jpeg[2:])
    )


@pytest.mark.parametrize(
    "number, name",
    [
        (1, "upright"),
        (2, "mirrored"),
        (3, "half"),
        (4, "upside down"),
        (5, "transposed"),
        (6, "quarter"),
        (7, "transposed the other way"),
        (8, "three quarters"),
    ],
)
def test_orientation_within_jpegs_counts(tmp_path, number, name):
    path = tmp_path / "v.avi"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuvj444p"
        for place in range(3):
            packet = av.Packet(with_exif(oriented.corners(), number))
            packet.pts = packet.dts = place
            packet.time_base, packet.stream = Fraction(1, 10), stream
            packet.is_keyframe = True
            file.mux(packet)
    wanted = oriented.shown(oriented.corners(), oriented.EIGHT[name])
    assert near(pixels(path), wanted)


def test_frames_that_turn_on_the_way_keep_the_first_size(tmp_path):
    converter = frame_pixels.Converter()
    scaler = frame_planes.Scaler(frame_planes.Shape(), 1)
    for number, name in enumerate(("upright", "quarter", "mirrored")):
        path = oriented.write(tmp_path / f"{number}.mp4", oriented.EIGHT[name])
        with video_file.VideoFile(path, MOST) as video:
            image = next(timed_frames.decode(video)).frame
            assert converter.pixels(image).shape == (64, 96, 3)
            assert scaler.planes(image)[0].shape == (64, 96)
