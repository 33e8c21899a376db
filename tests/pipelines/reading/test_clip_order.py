import itertools
import shutil

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies

from pipelines.reading import clip_order, shard_reader
from tests import shards
from tfrecords_tools.base import errors

SHARDS = 7
CLIPS = [number for number in range(30) if number != 5]  # A gap at 5.
BLOCKS = (None, 1, 2, 99)
every_block = pytest.mark.parametrize("block", BLOCKS)
few = hypothesis.settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """29 clips of a frame in shards of 5, 4, 4, 4, 4, 4 and 4."""
    made = [shards.Clip(number, 1) for number in CLIPS]
    path = tmp_path_factory.mktemp("order")
    return shards.write(path, {"train": made}, shards=SHARDS)


@pytest.fixture(scope="module")
def reader(folder):
    return shard_reader.ShardReader(folder, "train")


def told(data, count=None):
    """Epoch, clip, whether it is new, and shard of each sample index."""

    def facts(index):
        clip = index.table.clip_id(index.place)
        path = index.table.chunks(index.place).path
        shard = tf.strings.substr(path, -len("0-of-00007.tfrecord"), 1)
        return index.epoch, clip, index.is_new, tf.strings.to_number(shard)

    found = itertools.islice(data.map(facts).as_numpy_iterator(), count)
    return [tuple(int(fact) for fact in row) for row in found]


def shuffled(reader, block, count, batch_shard=None, seed=7, start=0):
    batch_shard = batch_shard or clip_order.BatchShard(4)
    return told(
        clip_order.shuffled(reader, batch_shard, seed, start, block), count
    )


def in_order(reader, block, batch_shard):
    return told(clip_order.in_order(reader, batch_shard, block))


def of_hosts(hosts, indices):
    """Indices of all hosts as those of one would come."""
    parts = [
        indices(clip_order.BatchShard(4, hosts, host)) for host in range(hosts)
    ]
    assert len({len(part) for part in parts}) == 1
    each = 4 // hosts
    steps = [
        part[at : at + each]
        for at in range(0, len(parts[0]), each)
        for part in parts
    ]
    return [index for step in steps for index in step]


@pytest.fixture(scope="module")
def undisturbed(reader):
    """The first 3 epochs and a bit, by shards of a block."""
    return {block: shuffled(reader, block, 96) for block in BLOCKS}


@every_block
def test_every_epoch_shows_every_clip_once(undisturbed, block):
    for epoch in range(3):
        indices = undisturbed[block][29 * epoch : 29 * (epoch + 1)]
        assert {index[0] for index in indices} == {epoch}
        assert sorted(index[1] for index in indices) == CLIPS


@every_block
def test_all_samples_of_training_are_new(undisturbed, block):
    assert all(is_new for _, _, is_new, _ in undisturbed[block])


@every_block
# 4 is in a block, 7 in the last one, 8 after the border of two epochs.
@pytest.mark.parametrize("step", [4, 7, 8])
def test_resumed_run_has_the_samples_that_it_would_have_had(
    reader, undisturbed, block, step
):
    rest = shuffled(reader, block, 96 - 4 * step, start=step)
    assert rest == undisturbed[block][4 * step :]


@pytest.mark.parametrize(
    "block, hosts, step", [(None, 2, 3), (1, 4, 0), (2, 2, 3), (99, 2, 8)]
)
def test_hosts_share_the_samples_of_one(
    reader, undisturbed, block, hosts, step
):
    found = of_hosts(
        hosts,
        lambda batch_shard: shuffled(
            reader, block, (96 - 4 * step) // hosts, batch_shard, start=step
        ),
    )
    assert found == undisturbed[block][4 * step :]


@every_block
def test_batch_size_changes_no_sample(reader, undisturbed, block):
    found = shuffled(reader, block, 96, clip_order.BatchShard(6))
    assert found == undisturbed[block]


def order(indices, epoch):
    return tuple(clip for number, clip, *_ in indices if number == epoch)


@every_block
def test_epochs_differ(undisturbed, block):
    assert len({order(undisturbed[block], epoch) for epoch in range(3)}) == 3


@every_block
def test_seeds_differ(reader, undisturbed, block):
    other = shuffled(reader, block, 29, seed=8)
    assert order(other, 0) != order(undisturbed[block], 0)


@pytest.mark.parametrize("block", [None, 99])
def test_neighbours_are_torn_apart(undisturbed, block):
    # Shuffled, 29 clips hold one pair of neighbours in order on average.
    clips = [CLIPS.index(clip) for _, clip, *_ in undisturbed[block]]
    assert (np.diff(clips) == 1).sum() < 12


def shards_of(indices, epoch):
    """The shards in the order in which an epoch comes to them."""
    return list(dict.fromkeys(row[3] for row in indices if row[0] == epoch))


@pytest.mark.parametrize("block", [1, 2])
def test_clips_of_a_block_come_together(undisturbed, block):
    indices = undisturbed[block][:29]
    sequence = shards_of(indices, 0)
    blocks = [sequence[i : i + block] for i in range(0, SHARDS, block)]
    places = [
        next(i for i, own in enumerate(blocks) if shard in own)
        for *_, shard in indices
    ]
    assert places == sorted(places)


def test_clips_of_a_block_are_shuffled(undisturbed):
    clips = [clip for _, clip, *_ in undisturbed[1][:29]]
    assert (np.diff(clips) == 1).sum() < 15


def test_shards_come_in_another_order_in_each_epoch(undisturbed):
    orders = {tuple(shards_of(undisturbed[1], epoch)) for epoch in range(3)}
    assert len(orders) == 3


def test_shards_come_in_another_order_for_each_seed(reader, undisturbed):
    other = shuffled(reader, 1, 29, seed=8)
    assert shards_of(other, 0) != shards_of(undisturbed[1], 0)


def without_indexes(folder, path, kept):
    """A copy in which only some shards have an index, opened before."""
    copy = shutil.copytree(folder, path / "copy")
    reader = shard_reader.ShardReader(copy, "train", whole=False)
    for file in copy.glob("*.index"):
        if int(file.name[len("train-0000")]) not in kept:
            file.unlink()
    return reader


def test_only_the_index_of_the_first_block_is_needed_first(
    folder, undisturbed, tmp_path
):
    wanted = undisturbed[2]
    first = shards_of(wanted, 0)[:2]
    own = [index for index in wanted[:29] if index[3] in first]
    reader = without_indexes(folder, tmp_path, first)
    assert shuffled(reader, 2, len(own)) == own
    with pytest.raises(tf.errors.NotFoundError):
        shuffled(reader, 2, len(own) + 1)


def test_resumed_run_needs_no_index_of_blocks_before(
    folder, undisturbed, tmp_path
):
    wanted = undisturbed[2]
    second = shards_of(wanted, 0)[2:4]
    own = [i for i, index in enumerate(wanted[:29]) if index[3] in second]
    step = -(-own[0] // 4)
    reader = without_indexes(folder, tmp_path, second)
    found = shuffled(reader, 2, own[-1] + 1 - 4 * step, start=step)
    assert found == wanted[4 * step : own[-1] + 1]


@pytest.mark.parametrize(
    "block, hosts", [(None, 1), (None, 2), (1, 1), (2, 2), (2, 4), (99, 1)]
)
def test_in_order_every_clip_is_new_once(reader, block, hosts):
    indices = of_hosts(
        hosts, lambda batch_shard: in_order(reader, block, batch_shard)
    )
    assert [clip for _, clip, is_new, _ in indices if is_new] == CLIPS
    assert len(indices) == 32  # 29, and 3 that fill the last batch.


@pytest.mark.parametrize("block", [None, 2])
def test_last_clip_fills_the_last_batch(reader, block):
    indices = in_order(reader, block, clip_order.BatchShard(4))
    assert [index[1] for index in indices[29:]] == [30 - 1] * 3


@pytest.mark.parametrize(
    "block, clips",
    [(None, n) for n in (1, 2, 3, 16, 17, 1000)] + [(2, 1), (2, 17)],
)
def test_splits_of_any_size_are_permuted(tmp_path, block, clips):
    draw = np.zeros((8, 8, 3), np.uint8)
    made = [shards.Clip(number, 1) for number in range(clips)]
    shards.write(tmp_path, {"train": made}, lambda clip, frame: draw)
    reader = shard_reader.ShardReader(tmp_path, "train")
    indices = shuffled(reader, block, 2 * clips, clip_order.BatchShard(1))
    for epoch in range(2):
        assert sorted(order(indices, epoch)) == list(range(clips))


batch_shards = strategies.builds(
    lambda each, hosts, replicas: [
        clip_order.BatchShard(each * hosts * replicas, hosts, host, replicas)
        for host in range(hosts)
    ],
    strategies.integers(1, 5),
    strategies.integers(1, 4),
    strategies.integers(1, 3),
)


@few
@hypothesis.given(batch_shards)
def test_positions_of_all_hosts_are_each_position_once(hosts):
    steps = 3
    own = tf.range(steps * hosts[0].host_batch, dtype=tf.int64)
    found = np.concatenate([batch_shard.position(own) for batch_shard in hosts])
    assert sorted(found) == list(range(steps * hosts[0].batch_size))


@few
@hypothesis.given(batch_shards, strategies.integers(0, 200))
def test_examples_before_a_position_are_counted(hosts, position):
    own = tf.range(201, dtype=tf.int64)
    for batch_shard in hosts:
        wanted = (batch_shard.position(own).numpy() < position).sum()
        assert batch_shard.before(tf.constant(position, tf.int64)) == wanted


@few
@hypothesis.given(batch_shards)
def test_replicas_of_a_host_share_its_part(hosts):
    for batch_shard in hosts:
        assert (
            batch_shard.replica_batch * batch_shard.replicas
            == batch_shard.host_batch
        )
        assert (
            batch_shard.host_batch * batch_shard.hosts == batch_shard.batch_size
        )


def test_batch_that_replicas_cannot_split_is_refused():
    with pytest.raises(errors.UserError, match="multiple of 6"):
        clip_order.BatchShard(8, hosts=2, replicas=3)
