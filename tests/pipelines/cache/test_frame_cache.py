import json
import shutil
import types

import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch
from pipelines.cache import frame_cache, raw_shards
from pipelines.decoding import frame_decoding, raw_frames
from pipelines.reading import clip_reading, shard_reader
from tests import shards
from tests.tfrecords_tools.fixtures import written_shards
from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import shard_index, tfrecord
from tfrecords_tools.checking import track_check

CLIPS = [shards.Clip(n, 7 + 6 * n, ("abc"[n],)) for n in (0, 1, 2)]


def scene(clip, frame):
    """uint8 [48, 64, 3], coloured waves that wander."""
    rows, columns = np.mgrid[0:48, 0:64]
    waves = [
        np.sin((rows + frame) / a + (columns - clip.number) / b)
        for a, b in [(4, 3), (2, 5), (6, 2)]
    ]
    return (127 + 100 * np.stack(waves, axis=-1)).astype(np.uint8)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """3 clips of 7, 13 and 19 frames of 48x64, in 2 shards."""
    folder = tmp_path_factory.mktemp("shards")
    splits = {"train": CLIPS, "validation": CLIPS[:1]}
    return shards.write(folder, splits, scene, shards=2)


@pytest.fixture(scope="module")
def made(source, tmp_path_factory):
    """The cache of its training split, of 24x32, 3 frames a record."""
    folder = tmp_path_factory.mktemp("caches")
    return frame_cache.prepare(source, "train", folder, 24, 3)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "caches"


@pytest.fixture
def copied(source, tmp_path):
    """Shards that a test may spoil."""
    return shutil.copytree(source, tmp_path / "shards")


def records(folder, split="train"):
    """What all records say, each with its row of the index."""
    about = manifests.read(folder)
    for shard in about.shards(split):
        path = folder / shard.name
        rows = shard_index.read(shard_index.path_of(path), schema.VERSION)
        with open(path, "rb") as stream:
            for row, found in zip(
                rows, tfrecord.read(stream, shard.size), strict=True
            ):
                yield row, schema.decode(found.data, about.contents)


def joined(folder, name):
    """Clip number to the values of one feature, record after record."""
    clips = {}
    for row, record in records(folder):
        clips.setdefault(int(row[0]), []).extend(record[name])
    return clips


def pixels(folder, clip):
    """uint8 [T, height, width, 3], all frames of one clip."""
    frames = tf.constant(joined(folder, "frames")[clip])
    _, record = next(records(folder))
    if record["format"] != b"raw":
        return frame_decoding.decode_clip(frames)
    return raw_frames.decode_clip(frames, record["height"], record["width"])


def evaluated(folder, **spec):
    spec = batch.ClipSpec(**spec)
    found = frame_decoding.scale_and_crop(pixels(folder, 2), spec)
    return found.numpy().astype(int)


def first_frame(folder):
    """What is read for the first frame of the first clip."""
    reader = shard_reader.ShardReader(folder, "train")
    chunks = reader.table.chunks(tf.constant(0, tf.int64))
    picked = clip_reading.Picked(tf.constant([0]))
    return clip_reading.read(chunks, picked, reader.manifest)["frames"]


def test_reading_copies_no_frame_through_a_buffer(made, monkeypatch):
    buffers, unchanged = [], tf.raw_ops.TFRecordDatasetV2

    def watched(**given):
        buffers.append(int(given["buffer_size"]))
        return unchanged(**given)

    monkeypatch.setattr(tf.raw_ops, "TFRecordDatasetV2", watched)
    first_frame(made)
    assert buffers == [0]


def test_changed_pixel_stops_the_reading(made, tmp_path):
    copied = shutil.copytree(made, tmp_path / "copied")
    shard = min(copied.glob("*.tfrecord"))
    content = bytearray(shard.read_bytes())
    content[content.index(bytes(first_frame(made)[0].numpy()))] ^= 1
    shard.write_bytes(content)
    with pytest.raises(tf.errors.DataLossError):
        first_frame(copied)


def test_frames_are_scaled_to_the_short_side(made):
    assert pixels(made, 2).shape == (19, 24, 32, 3)


def test_small_frames_stay_as_they_are(source, cache):
    made = frame_cache.prepare(source, "train", cache, 100)
    assert np.array_equal(pixels(made, 2), pixels(source, 2))


def test_evaluation_at_the_same_short_side_sees_the_same_pixels(source, made):
    for spec in ({"size": 24}, {"size": 16, "short_side": 24}):
        assert np.array_equal(
            evaluated(made, **spec), evaluated(source, **spec)
        )


def test_evaluation_at_a_lower_short_side_sees_nearly_the_same_pixels(
    source, cache
):
    made = frame_cache.prepare(source, "train", cache, 32)
    away = np.abs(evaluated(made, size=24) - evaluated(source, size=24))
    assert 0 < away.mean() < 4


@pytest.mark.parametrize("name", ["times", "labels", "label_ids"])
def test_clips_are_the_same(source, made, name):
    found, wanted = joined(made, name), joined(source, name)
    assert found.keys() == wanted.keys()
    for clip in wanted:
        assert set(found[clip]) == set(wanted[clip])


def test_records_hold_few_frames_and_follow_each_other(made):
    places = [
        (row[0], row[4], row[5], len(record["frames"]))
        for row, record in records(made)
        if row[0] == 1
    ]
    # 13 frames stand in records of 8 and 5 so far.
    counts = [(0, 3), (3, 3), (6, 2), (8, 3), (11, 2)]
    assert places == [(1, first, n, n) for first, n in counts]


def test_manifest_is_of_one_split_and_of_raw_frames(source, made):
    was, now = manifests.read(source), manifests.read(made)
    assert list(now.splits) == ["train"] and now.storage == "raw"
    assert now.labels == was.labels
    assert now.label_counts == {"train": was.label_counts["train"]}
    for new, old in zip(now.shards("train"), was.shards("train"), strict=True):
        assert new.name == old.name
        assert (new.clips, new.frames) == (old.clips, old.frames)


@pytest.mark.parametrize("storage", ["h264"])
def test_other_storages_are_cached_too(tmp_path, cache, storage):
    splits = {"train": [shards.Clip(0, 9)]}
    source = shards.write(tmp_path, splits, shards=1, storage=storage)
    made = frame_cache.prepare(source, "train", cache, 24)
    assert shards.frames_in(pixels(made, 0).numpy()).tolist() == list(range(9))


class TestAudioAndWords:
    """Frames of 40 ms, 320 samples each, in records of 4 and then of 3."""

    @pytest.fixture(scope="class")
    def both(self, tmp_path_factory):
        folder = tmp_path_factory.mktemp("heard")
        source = written_shards.write(folder / "shards", change=_ramp)
        caches = folder / "caches"
        return source, frame_cache.prepare(source, "train", caches, 16, 3)

    @pytest.mark.parametrize("name", ["waveform", "words", "word_times"])
    def test_nothing_is_lost_or_moved(self, both, name):
        source, cached = both
        assert joined(cached, name) == joined(source, name)

    def test_every_record_fits_its_time(self, both):
        _, cached = both
        contents = manifests.read(cached).contents
        for _, record in records(cached):
            assert not list(track_check.faults(record, contents))

    def test_voice_is_cut_where_records_begin(self, both):
        _, cached = both
        spans = [
            (record["voice_starts"], record["voice_ends"])
            for row, record in records(cached)
            if row[0] == 0
        ]
        # It lasts from 0 to 160 ms and from 160 to 240.
        edges = [0, 120_000, 160_000, 240_000]
        assert spans == [
            ([a], [b]) for a, b in zip(edges, edges[1:], strict=False)
        ]


def _ramp(record):
    """Samples that differ; a word in the last frame."""
    count = len(record["waveform"])
    first = record["start_time"] // 125
    ramp = (first + np.arange(count, dtype=np.float32)) / 8192
    record["waveform"] = ramp.tolist()
    record["word_times"] = [record["start_time"], record["end_time"] - 1]


def made_twice(*args):
    """Whether the second call made something anew."""
    first = frame_cache.prepare(*args)
    before = (first / manifests.FILE_NAME).stat().st_ino
    second = frame_cache.prepare(*args)
    assert first == second
    return (first / manifests.FILE_NAME).stat().st_ino != before


def test_cache_that_is_there_is_used(source, cache):
    assert not made_twice(source, "train", cache, 24)


def test_cache_of_moved_shards_is_used(copied, made):
    caches = made.parent
    assert frame_cache.prepare(copied, "train", caches, 24, 3) == made


def test_equal_shards_give_equal_bytes(source, made, cache):
    again = frame_cache.prepare(source, "train", cache, 24, 3)
    sums = [manifests.read(folder).splits for folder in (made, again)]
    assert sums[0] == sums[1]


def test_cache_of_changed_shards_is_replaced(copied, cache):
    old = frame_cache.prepare(copied, "train", cache, 24)
    shards.write(copied, {"train": CLIPS[:2]}, scene, shards=2)
    new = frame_cache.prepare(copied, "train", cache, 24)
    assert joined(new, "times").keys() == {0, 1}
    assert not old.exists()


def test_splits_and_short_sides_stand_beside_each_other(source, cache):
    asked = [("train", 24), ("train", 16), ("validation", 24)]
    made = {frame_cache.prepare(source, s, cache, side) for s, side in asked}
    assert len(made) == 3 and all(folder.exists() for folder in made)


def test_damaged_cache_is_made_anew(source, cache):
    made = frame_cache.prepare(source, "train", cache, 24)
    shard = made / manifests.read(made).shards("train")[0].name
    shard.write_bytes(b"")
    assert frame_cache.prepare(source, "train", cache, 24) == made
    assert shard.stat().st_size > 0


def test_stopped_run_goes_on_shard_by_shard(source, cache, monkeypatch):
    write, written = raw_shards.write, []

    def stopping(source, *rest):
        if len(written) == 1:
            raise KeyboardInterrupt
        written.append(source)
        return write(source, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(raw_shards, "write", stopping)
        with pytest.raises(KeyboardInterrupt):
            frame_cache.prepare(source, "train", cache, 24)
    assert not [each for each in cache.glob("train-24-*[0-9a-f]")]
    monkeypatch.setattr(
        raw_shards, "write", lambda *a: written.append(a[0]) or write(*a)
    )
    frame_cache.prepare(source, "train", cache, 24)
    names = [shard.name for shard in manifests.read(source).shards("train")]
    assert [path.rpartition("/")[2] for path in written] == names


def test_whole_cache_holds_nothing_but_a_data_set(made):
    kinds = {path.suffix for path in made.iterdir()}
    assert kinds == {".tfrecord", ".index", ".json"}


def test_full_disk_is_told_before_the_work(source, cache, monkeypatch):
    free = types.SimpleNamespace(free=80_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: free)
    monkeypatch.setattr(raw_shards, "write", None)
    # 39 frames of 24 x 32 x 3 bytes are 89,856.
    with pytest.raises(errors.UserError, match="free some space"):
        frame_cache.prepare(source, "train", cache, 24)


def test_size_is_known_before(source, made):
    about = manifests.read(source)
    form = raw_shards.Form(24, 3)
    for shard, now in zip(
        about.shards("train"),
        manifests.read(made).shards("train"),
        strict=True,
    ):
        path = f"{source}/{shard.name}"
        guessed = raw_shards.expected_bytes(path, shard, about, form)
        assert abs(guessed / now.size - 1) < 0.1


def test_damaged_shard_is_told_and_leaves_no_cache(copied, cache):
    shard = manifests.read(copied).shards("train")[1].name
    content = bytearray((copied / shard).read_bytes())
    content[len(content) // 2] ^= 255
    (copied / shard).write_bytes(content)
    with pytest.raises(errors.UserError, match=f"{shard} is damaged"):
        frame_cache.prepare(copied, "train", cache, 24)
    with pytest.raises(errors.UserError, match="no "):
        manifests.read(next(cache.glob("train-24-*.partial")))


def test_cache_of_a_cache_is_refused(made, cache):
    with pytest.raises(errors.UserError, match="a cache already"):
        frame_cache.prepare(made, "train", cache, 24)


def test_note_says_what_a_cache_was_made_from(source, made):
    told = json.loads((made / "made_from.json").read_text())
    assert told["shards"] == str(source) and told["short_side"] == 24
    assert manifests.read(made).settings["cache"] == told
