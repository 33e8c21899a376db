"""Shards of H.264 and H.265 are read as those of JPEG are."""

import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch, clip_dataset
from pipelines.decoding import frame_decoding, packet_decoding
from pipelines.reading import clip_reading, shard_reader
from tests import run_modes, shards
from tests.pipelines import batches
from tests.pipelines.batches import CROP, FLIP
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader
from tfrecords_tools.media.frames import frame_jpeg, frame_packets

AUGMENTED = batches.wanted(CROP, FLIP)
CLIPS = [shards.Clip(n, 10 + 2 * n, ("abc"[n % 3],)) for n in range(7)]
both_storages = pytest.mark.parametrize("storage", ["h264", "h265"])


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {
        storage: shards.write(
            tmp_path_factory.mktemp(storage), {"train": CLIPS}, storage=storage
        )
        for storage in ("jpeg", "h264", "h265")
    }


@pytest.fixture(scope="module")
def readers(folders):
    return {
        storage: shard_reader.ShardReader(folder, "train")
        for storage, folder in folders.items()
    }


def training(reader, count, given=AUGMENTED, **more):
    return batches.training(reader, count, 3, given, **more)


def reading(reader, place, frames):
    """What is read of some frames of a clip, and their pixels."""
    about = reader.manifest
    picked = clip_reading.Picked(frames)
    record = clip_reading.read(reader.table.chunks(place), picked, about)
    pixels = packet_decoding.decode_clip(
        about.storage, record["frames"], record["shown"]
    )
    return {**record, "pixels": pixels}


def scene(count=20, height=96, width=128):
    """Coloured waves that wander, as uint8 planes."""
    rows, columns = np.mgrid[0:height, 0:width]
    images = []
    for n in range(count):
        waves = [
            np.sin((rows + n) / a + (columns - 2 * n) / b)
            for a, b in [(9, 7), (15, 19), (18, 12)]
        ]
        image = 127 + 100 * np.stack(waves, axis=-1)
        images.append(shards.planes_of(image.astype(np.uint8)))
    return images


def packets_of(planes, storage, crf=10, key_every=8):
    encoder = frame_packets.Encoder(storage, crf, key_every)
    return [encoder.encode(each) for each in planes]


def jpegs_of(planes):
    return [frame_jpeg.Encoder(98).encode(each) for each in planes]


@both_storages
@run_modes.both
@pytest.mark.parametrize("place", [0, 6])
def test_every_frame_of_a_clip_is_the_right_one(readers, run, storage, place):
    stored = CLIPS[place].frames

    def read(place, frames):
        return reading(readers[storage], place, frames)["pixels"]

    pixels = run(read, np.int64(place), np.arange(stored)).numpy()
    assert set(shards.clips_in(pixels)) == {place}
    assert shards.frames_in(pixels).tolist() == list(range(stored))


@both_storages
def test_frames_come_in_the_order_that_was_asked(readers, storage):
    frames = [20, 3, 7, 8, 20, 0]
    record = reading(readers[storage], tf.constant(6, tf.int64), frames)
    assert shards.frames_in(record["pixels"].numpy()).tolist() == frames


def test_only_packets_since_the_last_key_frame_are_taken(readers):
    # Key frames are 0, 4, 8, ...: frame 5 needs 4, and 10 needs 8 and 9.
    record = reading(readers["h264"], tf.constant(6, tf.int64), [5, 10, 8])
    assert record["frames"].shape == (5,)
    assert record["shown"].numpy().tolist() == [1, 4, 2]


@both_storages
def test_batches_show_what_those_of_jpeg_show(readers, storage):
    for found, wanted in zip(
        training(readers[storage], 5),
        training(readers["jpeg"], 5),
        strict=True,
    ):
        assert np.array_equal(found["clip_id"], wanted["clip_id"])
        assert np.array_equal(found["label"], wanted["label"])
        away = np.abs(found["frames"].astype(int) - wanted["frames"])
        assert away.mean() < 4


@both_storages
def test_evaluation_shows_every_clip_as_jpeg_does(readers, storage):
    batch_shard = clip_dataset.BatchShard(4)
    found, wanted = (
        batches.take(
            clip_dataset.evaluation(
                readers[s], batches.wanted(), batch_shard, views=2, crops=3
            ),
            2,
        )
        for s in (storage, "jpeg")
    )
    for one, other in zip(found, wanted, strict=True):
        assert np.array_equal(one["mask"], other["mask"])
        away = np.abs(one["frames"].astype(int) - other["frames"])
        assert away.mean() < 4


@pytest.mark.full
@both_storages
@pytest.mark.parametrize("step", [1, 4])
def test_resumed_run_sees_the_batches_that_it_would_have_seen(
    readers, storage, step
):
    whole = training(readers[storage], 6)
    rest = training(readers[storage], 6 - step, start_step=step)
    batches.assert_same_bytes(rest, whole[step:])


def test_number_of_threads_changes_nothing(readers):
    few = {"parallel_clips": 1, "prefetch_batches": 1}
    found, wanted = (
        training(readers["h264"], 6, batches.wanted(CROP, FLIP, **config))
        for config in (few, {"parallel_clips": 8})
    )
    batches.assert_same_bytes(found, wanted)


def test_batch_has_the_same_types_and_shapes(readers):
    batch_shard = clip_dataset.BatchShard(3)
    specs = [
        clip_dataset.training(
            readers[s], AUGMENTED, batch_shard, 7
        ).element_spec
        for s in ("h264", "jpeg")
    ]
    assert specs[0] == specs[1]


def test_clip_by_time_is_that_of_jpeg(readers):
    clip = batch.ClipSpec(frames=4, stride_seconds=0.1, size=16)
    given = batches.wanted(clip=clip)
    found, wanted = (training(readers[s], 3, given) for s in ("h264", "jpeg"))
    for one, other in zip(found, wanted, strict=True):
        numbers = shards.frames_in(one["frames"])
        assert np.array_equal(numbers, shards.frames_in(other["frames"]))


def test_data_service_is_refused_before_it_is_called(readers):
    given = batches.wanted(service="grpc://localhost:1")
    with pytest.raises(errors.UserError, match="--media.storage=jpeg"):
        training(readers["h264"], 1, given)


@both_storages
@run_modes.both
def test_colours_are_those_of_jpeg(run, storage):
    planes = scene()
    found = run(
        lambda packets, shown: packet_decoding.decode_clip(
            storage, packets, shown
        ),
        packets_of(planes, storage, crf=4),
        np.arange(20, dtype=np.int32),
    )
    wanted = frame_decoding.decode_clip(tf.constant(jpegs_of(planes)))
    away = np.abs(found.numpy().astype(int) - wanted.numpy())
    assert away.mean() < 1.5 and away.max() < 24


@both_storages
@run_modes.both
@pytest.mark.parametrize(
    "window",
    [
        (5, 11, 16, 16),  # As it is.
        (0, 0, 30, 30),  # Scaled.
        (4, 36, 32, 47),  # Halved first.
        (2, 30, 90, 92),  # Quartered first.
        (63, 95, 33, 33),  # To the frame's end.
    ],
)
def test_window_is_the_one_that_jpeg_shows(run, storage, window):
    planes = scene(9)
    shown = np.array([0, 3, 8], np.int32)
    found = run(
        lambda packets, shown, window: packet_decoding.decode_window(
            storage, packets, shown, window, 16
        ),
        packets_of(planes, storage, crf=4),
        shown,
        np.array(window, np.int32),
    )
    jpegs = tf.constant([jpegs_of(planes)[n] for n in shown])
    wanted = frame_decoding.decode_window(
        jpegs, tf.constant(window), 16, frame_decoding.rounded
    )
    assert found.shape == (3, 16, 16, 3)
    away = np.abs(found.numpy().astype(int) - wanted.numpy())
    assert away.mean() < 2.5


def test_window_is_the_cut_of_the_whole_frame():
    packets = packets_of(scene(3), "h264")
    shown = tf.constant([2])
    whole = packet_decoding.decode_clip("h264", packets, shown)
    cut = packet_decoding.decode_window(
        "h264", packets, shown, tf.constant([7, 21, 16, 16]), 16
    )
    assert np.array_equal(cut, whole[:, 7:23, 21:37])


def test_frame_may_be_shown_twice():
    packets = packets_of(scene(3), "h264")
    frames = packet_decoding.decode_clip("h264", packets, tf.constant([2, 2]))
    assert np.array_equal(frames[0], frames[1])


def test_recorded_settings_give_jpegs_to_an_exported_model(readers):
    media = reader.Config(**readers["h264"].manifest.settings["media"])
    assert media.storage == "h264"
    assert media.as_jpeg().storage == "jpeg"
    assert media.as_jpeg().short_side == media.short_side
