import subprocess
import sys

import numpy as np
import pytest

from tests.tfrecords_tools.fixtures.numbered_videos import numbered, write_video
from tfrecords_tools.base import errors
from tfrecords_tools.checking import record_check
from tfrecords_tools.media import reader
from tfrecords_tools.media.frames import (
    frame_jpeg,
    frame_packets,
    packet_frames,
)

COUNT = 40
both_storages = pytest.mark.parametrize("storage", frame_packets.STORAGES)


def gray_planes(level, height=48, width=64):
    half = (height // 2, width // 2)
    return [
        np.full((height, width), level, np.uint8),
        np.full(half, 120, np.uint8),
        np.full(half, 140, np.uint8),
    ]


def packets(storage, count=COUNT, key_every=8, crf=10, **size):
    encoder = frame_packets.Encoder(storage, crf, key_every)
    return [encoder.encode(gray_planes(40 + 4 * n, **size))
            for n in range(count)]  # fmt: skip


def levels(frames):
    """The levels of luma that made these images."""
    weights = np.array([0.299, 0.587, 0.114])
    return np.rint(frames[:, 10:30, 10:30].mean((1, 2)) @ weights)


@both_storages
def test_every_key_every_th_packet_decodes_alone(storage):
    alone = [packet_frames.is_key(storage, p) for p in packets(storage)]
    assert [n for n, key in enumerate(alone) if key] == [0, 8, 16, 24, 32]


@both_storages
@pytest.mark.parametrize("first", [0, 8, 24])
def test_packets_between_two_keys_stand_alone(storage, first):
    cut = packets(storage)[first : first + 8]
    found = levels(packet_frames.decode(storage, cut, range(8)))
    np.testing.assert_allclose(found, 40 + 4 * np.arange(first, first + 8),
                               atol=1)  # fmt: skip


@both_storages
def test_packet_comes_out_for_every_frame_at_once(storage):
    encoder = frame_packets.Encoder(storage, 10, 16)
    found = [encoder.encode(gray_planes(100)) for _ in range(3)]
    assert all(found)


@both_storages
def test_frame_that_does_not_change_costs_next_to_nothing(storage):
    encoder = frame_packets.Encoder(storage, 23, 16)
    found = [encoder.encode(gray_planes(100)) for _ in range(16)]
    assert max(map(len, found[1:])) < 60


@both_storages
def test_equal_frames_give_equal_bytes_in_any_process(storage):
    program = (
        "import sys\n"
        f"import {__name__} as t\n"
        f"sys.stdout.write(b''.join(t.packets({storage!r})).hex())"
    )
    others = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True
        ).stdout
        for _ in range(2)
    ]
    assert others == [b"".join(packets(storage)).hex()] * 2


@both_storages
def test_colours_are_full_range(storage):
    encoder = frame_packets.Encoder(storage, 4, 16)
    half = np.full((24, 32), 128, np.uint8)
    found = [
        encoder.encode([np.full((48, 64), level, np.uint8), half, half])
        for level in (0, 255)
    ]
    black, white = packet_frames.decode(storage, found, [0, 1])
    assert black.max() <= 1 and white.min() >= 254


@both_storages
def test_gray_frames_have_no_colour(storage):
    encoder = frame_packets.Encoder(storage, 4, 16, grayscale=True)
    (frame,) = packet_frames.decode(
        storage, [encoder.encode(gray_planes(77))], [0]
    )
    assert np.ptp(frame, axis=-1).max() == 0
    assert abs(frame.mean() - 77) < 1


@both_storages
def test_missing_key_frame_is_an_error(storage):
    with pytest.raises(ValueError, match="packet 0"):
        packet_frames.decode(storage, packets(storage)[1:3], [1])


def test_size_that_the_encoder_refuses_is_told():
    with pytest.raises(frame_packets.SizeError, match="8x8 pixels"):
        packets("h265", 1, height=8, width=8)


@both_storages
def test_reader_gives_packets_with_the_times_of_jpegs(plain_video, storage):
    config = reader.Config(storage=storage, crf=4)
    found = list(reader.read_frames(plain_video, config))
    wanted = list(reader.read_frames(plain_video))
    assert [f[:2] + f[3:] for f in found] == [f[:2] + f[3:] for f in wanted]


@both_storages
def test_moment_shown_again_gets_a_packet_of_its_own(tmp_path, storage):
    images = [numbered(n) for n in range(3)]
    path = write_video(tmp_path / "v.mkv", images, [0, 10, 20])
    config = reader.Config(storage=storage, frame_rate=30, crf=10)
    found = [frame.data for frame in reader.read_frames(path, config)]
    assert len(found) == 21
    assert len(packet_frames.sizes(storage, found)) == 21


def test_clip_too_small_for_the_encoder_fails_alone(tmp_path):
    path = write_video(
        tmp_path / "v.mkv", [np.zeros((8, 8, 3), np.uint8)], codec="ffv1"
    )
    with pytest.raises(reader.VideoError) as caught:
        list(reader.read_frames(path, reader.Config(storage="h265")))
    assert caught.value.status == "unfit_size"


def test_chunk_that_begins_without_a_key_frame_is_refused():
    config = reader.Config(storage="h264", key_every=12)
    with pytest.raises(errors.UserError, match="multiple of .*=12"):
        config.check_chunk(64)
    config.check_chunk(60)


def test_jpeg_fits_chunks_of_any_length():
    reader.Config(key_every=12).check_chunk(7)


def record(storage, frames, **more):
    return {
        "times": list(range(len(frames))),
        "frames": frames,
        "label_ids": [],
        "labels": [],
        "format": storage.encode(),
        "height": 48,
        "width": 64,
        **more,
    }


def faults(made, storage=None, key_every=None):
    return list(record_check.faults(made, (), storage, key_every))


@both_storages
def test_whole_record_has_no_faults(storage):
    assert not faults(record(storage, packets(storage)), storage, 8)


@both_storages
def test_record_cut_before_a_key_frame_is_found(storage):
    (fault,) = faults(record(storage, packets(storage)[1:]))
    assert "decode alone, wanted [0]" in fault


@both_storages
def test_other_distance_of_key_frames_is_found(storage):
    (fault,) = faults(record(storage, packets(storage)), storage, 16)
    assert "wanted [0, 16, 32]" in fault


@both_storages
def test_packet_that_does_not_decode_is_found(storage):
    frames = packets(storage)
    frames[10] = b"nothing of the kind"
    (fault,) = faults(record(storage, frames))
    assert fault.startswith("frames 8 to 15 cannot be decoded: packet 2")


@both_storages
def test_other_size_of_packets_is_found(storage):
    found = faults(record(storage, packets(storage, 2), width=66))
    assert found[0] == "frame 0 has (48, 64) pixels, the record says (48, 66)"


def test_other_storage_than_the_manifests_is_found():
    jpeg = frame_jpeg.Encoder(90).encode(gray_planes(3))
    assert not faults(record("jpeg", [jpeg]), "jpeg", 1)
    (fault,) = faults(record("jpeg", [jpeg]), "h264", 16)
    assert fault == "frames are stored as 'jpeg', wanted h264"
