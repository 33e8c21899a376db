import dataclasses
import itertools

import numpy as np
import pytest

from pipelines import batch, clip_dataset
from pipelines.augmentations import mixup as mixing
from pipelines.reading import clip_order, damaged_records
from tests.pipelines import spoiled
from tfrecords_tools import schema
from tfrecords_tools.base import errors, registry
from tfrecords_tools.base.files import shard_index

AUGMENTATIONS = "pipelines.augmentations"
MIXED = mixing.Config(alpha=1.0)
BAD = 7  # The clip that is spoilt.
CLIP = batch.ClipSpec(frames=4, size=16, sampling="uniform")
BATCH_SHARD = clip_dataset.BatchShard(5)
EPOCH = 3  # Batches in which each of 13 clips comes once or twice.
SPOILING = [spoiled.flip_bit, spoiled.no_jpeg]


def wanted(**reader):
    config = clip_dataset.Config(block_shards=2, **reader)
    return clip_dataset.Input(clip=CLIP, reader=config)


def opened(folder, asked):
    return clip_dataset.open_split(folder, "train", asked)


def trained(folder, **settings):
    """The batches of the first epoch."""
    asked = wanted(**settings)
    data = clip_dataset.training(
        opened(folder, asked), asked, BATCH_SHARD, seed=1
    )
    return list(itertools.islice(data.as_numpy_iterator(), EPOCH))


def evaluated(folder, **settings):
    asked = wanted(**settings)
    data = clip_dataset.evaluation(opened(folder, asked), asked, BATCH_SHARD)
    return list(data.as_numpy_iterator())


def joined(batches):
    return {k: np.concatenate([b[k] for b in batches]) for k in batches[0]}


def complaint(read, folder, **settings):
    reader = opened(folder, wanted(**settings))
    with pytest.raises(errors.UserError) as caught:
        with damaged_records.explained(reader):
            read(folder, **settings)
    return str(caught.value)


def told(found):
    return f"clip {BAD}: record at byte {found.offset} of {found.path}: "


@pytest.fixture
def folder(coded_shards, tmp_path):
    return spoiled.copied(coded_shards, tmp_path / "shards")


@pytest.mark.parametrize("shuffle", ["global", "blocks"])
def test_flipped_bit_is_named_in_training(folder, shuffle):
    found = spoiled.flip_bit(folder, BAD)
    message = complaint(trained, folder, shuffle=shuffle)
    assert message.startswith(told(found) + "checksum is wrong")
    assert "check_shards" in message


def test_frame_that_is_no_jpeg_is_named_in_training(folder):
    found = spoiled.no_jpeg(folder, BAD)
    message = complaint(trained, folder)
    assert message.startswith(told(found) + "frame 0 of it is no JPEG")


@pytest.mark.parametrize("spoil", SPOILING)
def test_damage_is_named_in_evaluation(folder, spoil):
    assert told(spoil(folder, BAD)) in complaint(evaluated, folder)


def test_damage_is_sought_among_the_clips_of_the_step_alone(folder):
    for clip in (BAD, 8):
        spoiled.flip_bit(folder, clip)
    reader = opened(folder, wanted())
    indices = clip_order.in_order(reader, BATCH_SHARD)
    # 5 is a gap: 8 is the eighth.
    assert damaged_records.first_fault(reader, indices).startswith("clip 7")
    assert damaged_records.first_fault(reader, indices.skip(7)).startswith(
        "clip 8"
    )
    assert damaged_records.first_fault(reader, indices.take(6)) is None


def test_shard_that_is_gone_is_named(folder):
    reader = opened(folder, wanted())
    found = spoiled.place(folder, BAD)
    found.path.unlink()
    indices = clip_order.in_order(reader, BATCH_SHARD).skip(6).take(1)
    said = damaged_records.first_fault(reader, indices)
    assert said.startswith(told(found) + "cannot be read")


@pytest.mark.parametrize(
    "spoil, shuffle", zip(SPOILING, ("global", "blocks"), strict=True)
)
def test_skipped_clip_leaves_all_others_as_they_were(
    coded_shards, folder, spoil, shuffle
):
    whole = joined(trained(coded_shards, shuffle=shuffle))
    spoil(folder, BAD)
    found = joined(trained(folder, shuffle=shuffle, on_corrupt="skip"))
    kept = whole["clip_id"] != BAD
    assert not kept.all()
    for name, values in whole.items():
        assert values[kept].tobytes() == found[name][kept].tobytes(), name
    assert found["mask"].tolist() == kept.tolist()


def test_skipped_clip_is_black_and_has_no_label(folder):
    spoiled.flip_bit(folder, BAD)
    found = joined(evaluated(folder, on_corrupt="skip"))
    assert found["clip_id"].tolist()[:8] == [0, 1, 2, 3, 4, 6, 7, 8]
    assert found["mask"].tolist() == [1] * 6 + [0] + [1] * 6 + [0] * 2
    assert found["frames"][6].max() == 0
    assert found["label"][6] == found["label.place"][6] == -1


def test_changed_index_is_named_when_its_block_is_read(folder):
    path = shard_index.path_of(spoiled.place(folder, BAD).path)
    rows = shard_index.read(path, schema.VERSION)
    shard_index.write(path, rows + (np.arange(8) == 2), schema.VERSION)
    message = complaint(trained, folder, shuffle="blocks")
    assert message.startswith("an index was changed or belongs to another")
    assert str(path) in message


def test_short_clip_is_refused_though_no_index_is_held(folder):
    long = batch.ClipSpec(frames=12, stride=1, size=16, short="refuse")
    config = clip_dataset.Config(shuffle="blocks")
    asked = clip_dataset.Input(clip=long, reader=config)
    with pytest.raises(errors.UserError, match="shortest video has 3"):
        opened(folder, asked)


def test_error_that_is_not_of_the_data_stays_as_it_is(coded_shards):
    reader = opened(coded_shards, wanted())
    with pytest.raises(ZeroDivisionError):
        with damaged_records.explained(reader):
            raise ZeroDivisionError


def test_clip_is_not_mixed_with_one_that_cannot_be_read(folder):
    spoiled.flip_bit(folder, BAD)
    mixup = registry.choose(AUGMENTATIONS, "mixup", MIXED)
    plain = wanted(on_corrupt="skip")
    mixed = dataclasses.replace(plain, augmentations=(mixup,))
    kept, found = (
        next(
            clip_dataset.training(
                opened(folder, asked),
                asked,
                clip_dataset.BatchShard(13),
                seed=1,
            ).as_numpy_iterator()
        )
        for asked in (plain, mixed)
    )
    before = (np.flatnonzero(found["clip_id"] == BAD)[0] - 1) % 13
    assert np.array_equal(found["frames"][before], kept["frames"][before])
    assert found["label"][before].max() in (0.0, 1.0)


def test_rows_of_an_index_that_do_not_follow_are_refused_in_blocks(folder):
    path = next(folder.glob("train-*.index"))
    rows = shard_index.read(path, schema.VERSION).copy()
    rows[1, shard_index.COLUMNS.index("first_frame")] += 1
    shard_index.write(path, rows, schema.VERSION)
    assert "index was changed" in complaint(trained, folder, shuffle="blocks")
