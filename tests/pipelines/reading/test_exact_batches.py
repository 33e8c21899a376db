"""The same batches to the byte, however they are shared and resumed."""

import numpy as np
import pytest

from pipelines import clip_dataset
from pipelines.reading import shard_reader
from tests.pipelines import batches
from tests.pipelines.batches import ALL, CROP, CUTMIX, FLIP, MIXUP

# Of three shards with 5, 4 and 4 clips.
BLOCKS = (None, 1, 2, 99)


@pytest.fixture(scope="module")
def reader(coded_shards):
    return shard_reader.ShardReader(coded_shards, "train")


def training(reader, count, batch_shard=4, block=None, **more):
    given = batches.wanted(*ALL, block=block)
    return batches.training(reader, count, batch_shard, given, **more)


@pytest.fixture(scope="module")
def undisturbed(reader):
    """The first 8 batches of 4: 2 epochs of 13 clips and a bit."""
    return {block: training(reader, 8, block=block) for block in BLOCKS}


@pytest.mark.parametrize("block", [None, 2])
def test_equal_seeds_give_equal_batches(reader, undisturbed, block):
    again = training(reader, 8, block=block)
    batches.assert_same_bytes(again, undisturbed[block])


def test_other_seed_gives_other_batches(reader, undisturbed):
    (other,) = training(reader, 1, seed=8)
    assert not np.array_equal(other["frames"], undisturbed[None][0]["frames"])


# Epochs have 13 clips: 3 is the last step that begins in the first one. Other
# orders are tested in `test_clip_order`.
@pytest.mark.parametrize("block, step", [(None, 5), (2, 3), (99, 5)])
def test_resumed_run_sees_the_batches_that_it_would_have_seen(
    reader, undisturbed, block, step
):
    rest = training(reader, 8 - step, block=block, start_step=step)
    batches.assert_same_bytes(rest, undisturbed[block][step:])


def test_run_resumed_at_the_border_of_epochs_goes_on(reader):
    whole, (rest,) = (
        training(reader, 2 - step, 13, block=1, start_step=step)
        for step in (0, 1)
    )
    batches.assert_same_bytes([rest], whole[1:])


@pytest.mark.full
def test_run_resumed_far_away_goes_on(reader):
    ten, nine = (
        training(reader, count, block=2, start_step=step)
        for count, step in ((2, 1_000_000), (1, 1_000_001))
    )
    batches.assert_same_bytes(nine, ten[1:])


@pytest.mark.parametrize("block", [None, 2])
def test_number_of_threads_changes_nothing(reader, undisturbed, block):
    one = batches.wanted(
        *ALL, block=block, parallel_clips=1, prefetch_batches=1
    )
    found = batches.training(reader, 8, 4, one)
    batches.assert_same_bytes(found, undisturbed[block])


@pytest.mark.full
@pytest.mark.parametrize("block, step", [(None, 0), (2, 3)])
def test_two_replicas_share_the_batches_of_one(
    reader, undisturbed, block, step
):
    batch_shard = clip_dataset.BatchShard(4, replicas=2)
    count = 2 * (8 - step)
    parts = training(reader, count, batch_shard, block=block, start_step=step)
    pairs = [batches.joined(parts[i : i + 2]) for i in range(0, count, 2)]
    batches.assert_same_bytes(pairs, undisturbed[block][step:])


@pytest.mark.full
@pytest.mark.parametrize("block, step", [(None, 3), (2, 0)])
def test_two_hosts_share_the_batches_of_one(reader, undisturbed, block, step):
    hosts = [
        training(
            reader,
            8 - step,
            clip_dataset.BatchShard(4, hosts=2, host=host),
            block=block,
            start_step=step,
        )
        for host in range(2)
    ]
    pairs = [batches.joined(pair) for pair in zip(*hosts, strict=True)]
    batches.assert_same_bytes(pairs, undisturbed[block][step:])


@pytest.mark.parametrize("block, step", [(None, 0), (1, 3)])
def test_two_hosts_of_two_replicas_share_the_batches_of_one(
    reader, undisturbed, block, step
):
    first, second = (
        training(
            reader,
            4,
            clip_dataset.BatchShard(4, hosts=2, host=host, replicas=2),
            block=block,
            start_step=step,
        )
        for host in range(2)
    )
    found = [
        batches.joined(first[i : i + 2] + second[i : i + 2]) for i in (0, 2)
    ]
    batches.assert_same_bytes(found, undisturbed[block][step : step + 2])


@pytest.mark.parametrize("block", [None, 2])
def test_clip_is_cropped_alike_whatever_the_batch_size(
    reader, undisturbed, block
):
    ones = training(reader, 8, 1, block=block)
    pairs = [batches.joined(ones[:4]), batches.joined(ones[4:])]
    batches.assert_same_bytes(pairs, undisturbed[block][:2])


@pytest.mark.parametrize("block", [2, 99])
def test_clip_is_cropped_alike_however_it_is_shuffled(reader, block):
    found, wanted = (
        [batches.by_clip(made) for made in training(reader, 2, 13, block=each)]
        for each in (block, None)
    )
    batches.assert_same_bytes(found, wanted)


def test_clip_is_cropped_anew_in_each_epoch(reader):
    first, second = batches.training(reader, 2, 13, batches.wanted(CROP))
    one = first["frames"][first["clip_id"].argmin()]
    other = second["frames"][second["clip_id"].argmin()]
    assert not np.array_equal(one, other)


def test_clips_of_a_batch_are_cropped_differently(reader):
    (found,) = batches.training(reader, 1, 13, batches.wanted(CROP))
    ramps = found["frames"][:, 0, 0, :, 2]
    # Alike, they would be one ramp but for the noise of JPEG.
    assert np.ptp(ramps.mean(axis=1)) > 20


@pytest.mark.parametrize("block", BLOCKS)
def test_every_epoch_holds_every_clip(undisturbed, block):
    seen = batches.joined(undisturbed[block])["clip_id"].tolist()
    numbers = [n for n in range(14) if n != 5]
    assert sorted(seen[:13]) == sorted(seen[13:26]) == numbers


@pytest.mark.parametrize(
    "mixes, block", [((MIXUP,), None), ((CUTMIX,), 2), ((CUTMIX, MIXUP), None)]
)
def test_resumed_run_mixes_as_it_would_have_mixed(reader, mixes, block):
    given = batches.wanted(FLIP, *mixes, block=block)
    whole, rest = (
        batches.training(reader, 6 - step, 4, given, start_step=step)
        for step in (0, 4)
    )
    batches.assert_same_bytes(rest, whole[4:])


def test_resumed_run_reads_the_records_that_it_would_have_read(reader):
    given = batches.wanted()
    batch_shard = clip_dataset.BatchShard(4)
    read = clip_dataset.reading(reader, given, batch_shard, 7)
    read = batches.take(read, 8)
    trained = batches.joined(batches.training(reader, 2, 4, given))
    assert [one["clip_id"] for one in read] == trained["clip_id"].tolist()
