import shutil

import numpy as np
import pytest
import tensorflow as tf

from pipelines.decoding import frame_decoding
from pipelines.reading import clip_reading, shard_reader
from tests import run_modes, shards
from tfrecords_tools import schema
from tfrecords_tools.base.files import shard_index

NUMBERS = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13]  # 5 is a gap
# 23 frames at an uneven rate, and the end of the last one.
UNEVEN = tuple(5000 + 20_000 * n + 1000 * (n * n % 7) for n in range(24))


@pytest.fixture(scope="module")
def reader(coded_shards):
    return shard_reader.ShardReader(coded_shards, "train")


@pytest.fixture(scope="module")
def sounding(tmp_path_factory):
    """A clip at 25 frames a second and an uneven one, in chunks of 4."""
    made = [shards.Clip(0, 22, ("a",)), shards.Clip(1, 23, ("b",), {}, UNEVEN)]
    folder = shards.write(
        tmp_path_factory.mktemp("sounding"),
        {"train": made},
        shards=1,
        chunk_frames=4,
        extras=tuple(schema.EXTRAS),
    )
    return shard_reader.ShardReader(folder, "train")


def reading(reader, run, number, frames=None, times=None, seconds=0.0):
    """What `read` gives of a clip, with pixels for frames; in numpy."""

    def read(place, wanted):
        chunks = reader.table.chunks(place)
        which = clip_reading.Picked(
            *((wanted, None) if times is None else (None, wanted))
        )
        record = clip_reading.read(chunks, which, reader.manifest, seconds)
        pixels = frame_decoding.decode_clip(record.pop("frames"))
        return {**record, "pixels": pixels}

    ids = [
        int(reader.table.clip_id(tf.constant(place, tf.int64)))
        for place in range(reader.clips)
    ]
    wanted = np.int32(frames) if times is None else np.int64(times)
    found = run(read, np.int64(ids.index(number)), wanted)
    return {name: value.numpy() for name, value in found.items()}


@run_modes.both
@pytest.mark.parametrize("number", [9, 13])
def test_every_frame_of_a_clip_is_the_right_one(reader, run, number):
    stored = {9: 3, 13: 36}[number]
    pixels = reading(reader, run, number, range(stored))["pixels"]
    assert set(shards.clips_in(pixels)) == {number}
    assert shards.frames_in(pixels).tolist() == list(range(stored))


@run_modes.both
def test_frames_come_in_the_order_that_was_asked(reader, run):
    frames = [20, 3, 7, 8, 20, 0]
    pixels = reading(reader, run, 13, frames)["pixels"]
    assert shards.frames_in(pixels).tolist() == frames


@run_modes.both
def test_times_belong_to_the_frames(reader, run):
    times = reading(reader, run, 13, [20, 0, 9])["times"]
    assert times.tolist() == [800_000, 0, 360_000]


@run_modes.both
def test_metadata_of_the_clip_come_with_it(reader, run):
    record = reading(reader, run, 8, [0])
    assert record["path"] == b"8.mp4"
    assert record["label_ids"].tolist() == [2]
    assert record["place.labels"].tolist() == [b"x"]
    assert record["height"] == 24


@run_modes.both
def test_clip_without_label_has_none(reader, run):
    record = reading(reader, run, 4, [0])
    assert record["label_ids"].tolist() == []


@run_modes.both
def test_frames_end_where_the_next_one_begins(sounding, run):
    # 3 is the last of its chunk, 22 the last of the clip.
    frames = [0, 3, 4, 21, 22]
    record = reading(sounding, run, 1, frames)
    assert record["times"].tolist() == [UNEVEN[n] for n in frames]
    assert record["ends"].tolist() == [UNEVEN[n + 1] for n in frames]


@run_modes.both
def test_moments_show_the_frames_that_are_shown_then(sounding, run):
    # The middle of each frame, in no order, across the borders of chunks.
    frames = [22, 0, 3, 4, 7, 8, 15, 16, 3]
    middles = [(UNEVEN[n] + UNEVEN[n + 1]) // 2 for n in frames]
    record = reading(sounding, run, 1, times=middles)
    assert shards.frames_in(record["pixels"]).tolist() == frames
    assert record["times"].tolist() == [UNEVEN[n] for n in frames]
    assert record["ends"].tolist() == [UNEVEN[n + 1] for n in frames]


@pytest.mark.parametrize("frame", [3, 4, 5, 12])
def test_frame_begins_at_its_time_but_for_what_clocks_round(sounding, frame):
    # Up to a millisecond before its time it is shown already.
    moments = [UNEVEN[frame] + late for late in (-1000, -999, 0, 1)]
    record = reading(sounding, run_modes.eagerly, 1, times=moments)
    shown = shards.frames_in(record["pixels"]).tolist()
    assert shown == [frame - 1, frame, frame, frame]


def test_moment_before_the_first_frame_shows_it(sounding):
    record = reading(sounding, run_modes.eagerly, 1, times=[0])
    assert shards.frames_in(record["pixels"]).tolist() == [0]


@pytest.fixture
def only_some_chunks(coded_shards, tmp_path):
    """Shards of which but the second and third chunk of clip 13 are whole."""
    copy = shutil.copytree(coded_shards, tmp_path / "shards")
    path = copy / "train-00002-of-00003.tfrecord"
    rows = shard_index.read(shard_index.path_of(path), schema.VERSION)
    offsets = rows[rows[:, 0] == 13, 1]
    content = path.read_bytes()
    first, end = offsets[1], offsets[3]
    zeros = bytes(len(content))
    path.write_bytes(zeros[:first] + content[first:end] + zeros[end:])
    return shard_reader.ShardReader(copy, "train")


@run_modes.both
@pytest.mark.parametrize("by", ["frames", "times"])
def test_only_the_chunks_that_are_needed_are_read(only_some_chunks, run, by):
    frames = [8, 15, 16, 23]  # In chunks of 8.
    wanted = frames if by == "frames" else [40_000 * n for n in frames]
    record = reading(only_some_chunks, run, 13, **{by: wanted})
    assert shards.frames_in(record["pixels"]).tolist() == frames


def test_changed_record_stops_the_reading(only_some_chunks):
    with pytest.raises(tf.errors.DataLossError):
        reading(only_some_chunks, run_modes.eagerly, 13, [7])


def samples(record):
    """Numbers of the first and last sample; there is no gap between."""
    numbers = shards.samples_in(record["waveform"])
    assert (np.diff(numbers) == 1).all()
    return numbers[0], numbers[-1]


@run_modes.both
def test_audio_between_the_frames_has_no_gap(sounding, run):
    # Chunks of 4 frames of 40 ms: the first, none of three, the fifth.
    record = reading(sounding, run, 0, [1, 18], seconds=9.0)
    assert record["audio_start"] == 0
    assert samples(record) == (0, 799)


@run_modes.both
def test_audio_begins_with_the_chunk_of_the_first_frame(sounding, run):
    record = reading(sounding, run, 0, [9, 13], seconds=9.0)
    assert record["audio_start"] == 320_000
    assert samples(record) == (320, 639)


def test_audio_of_uneven_frames_begins_when_they_do(sounding):
    record = reading(sounding, run_modes.eagerly, 1, [5, 13], seconds=9.0)
    assert record["audio_start"] == UNEVEN[4]
    first, last = UNEVEN[4] // 1000, UNEVEN[16] // 1000 - 1
    assert samples(record) == (first, last)


@pytest.mark.parametrize(
    "seconds, wanted", [(0.01, 320), (0.15, 320), (0.17, 480), (9.0, 880)]
)
def test_no_more_audio_is_read_than_is_wanted(sounding, seconds, wanted):
    # From the end of the first frame's chunk, 160 ms, and chunks as long.
    record = reading(sounding, run_modes.eagerly, 0, [1, 21], seconds=seconds)
    assert samples(record) == (0, wanted - 1)


def test_audio_of_a_looped_clip_runs_on_to_the_latest_frame(sounding):
    record = reading(sounding, run_modes.eagerly, 0, [9, 20, 2], seconds=9.0)
    assert record["audio_start"] == 320_000
    assert samples(record) == (320, 879)


def test_chunks_before_a_looped_clip_are_read_for_their_frames(sounding):
    record = reading(sounding, run_modes.eagerly, 0, [9, 20, 2], seconds=9.0)
    assert shards.frames_in(record["pixels"]).tolist() == [9, 20, 2]


@run_modes.both
def test_words_and_voice_of_all_chunks_read_come_along(sounding, run):
    record = reading(sounding, run, 0, [6, 18], seconds=9.0)
    begins = [160_000, 320_000, 480_000, 640_000]
    assert record["words"].tolist() == [b"w4", b"w8", b"w12", b"w16"]
    assert record["word_times"].tolist() == begins
    assert record["word_lengths"].tolist() == [1000] * 4
    assert record["voice_starts"].tolist() == begins
    assert record["voice_ends"].tolist() == [time + 1000 for time in begins]


def test_without_audio_only_the_words_of_the_frames_chunks_come(sounding):
    record = reading(sounding, run_modes.eagerly, 0, [6, 18])
    assert record["words"].tolist() == [b"w4", b"w16"]
    assert "audio_start" not in record
