import numpy as np
import pytest
import tensorflow as tf

from pipelines import clip_dataset
from pipelines.reading import shard_reader
from tests import shards
from tests.pipelines import batches
from tests.pipelines.batches import ALL, CROP, FLIP, JITTER, MIXUP
from tfrecords_tools.base import errors, registry

NUMBERS = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13]  # 5 is a gap
EVERY_OTHER_FRAME = np.arange(0, 8, 2)
BARE = batches.wanted()
both_orders = pytest.mark.parametrize("block", [None, 2])


@pytest.fixture(scope="module")
def reader(coded_shards):
    return shard_reader.ShardReader(coded_shards, "train")


@pytest.fixture(scope="module")
def bare(reader):
    """An epoch without augmentations as one batch."""
    return batches.training(reader, 1, 13, BARE)[0]


def evaluation(reader, batch_shard, views=1, crops=1, given=BARE):
    if isinstance(batch_shard, int):
        batch_shard = clip_dataset.BatchShard(batch_shard)
    data = clip_dataset.evaluation(reader, given, batch_shard, views, crops)
    return batches.take(data, 99)


@pytest.mark.parametrize("augmentations", [(), (CROP,), (FLIP,)])
def test_pixels_are_those_of_the_clip(reader, augmentations):
    given = batches.wanted(*augmentations)
    (found,) = batches.training(reader, 1, 13, given)
    numbers = shards.clips_in(found["frames"])
    assert np.array_equal(numbers, np.tile(found["clip_id"], (4, 1)).T)


def test_frames_of_a_clip_are_a_stride_apart(bare):
    numbers = shards.frames_in(bare["frames"][bare["clip_id"] != 9])
    starts = numbers[:, :1]
    assert np.array_equal(numbers, starts + EVERY_OTHER_FRAME)


def test_short_clip_is_looped(bare):
    (short,) = shards.frames_in(bare["frames"][bare["clip_id"] == 9])
    assert short.tolist() == [0, 2, 1, 0]


def test_clips_start_at_random_moments(reader):
    starts = {
        int(shards.frames_in(each["frames"][each["clip_id"] == 13])[0, 0])
        for each in batches.training(reader, 6, 13, BARE)
    }
    assert len(starts) > 2


def test_without_augmentation_training_sees_the_pixels_of_evaluation(
    reader, bare
):
    (evaluated,) = evaluation(reader, 13)
    # Clip 9 is so short that there is but one way to take frames from it.
    found = bare["frames"][bare["clip_id"] == 9][0]
    wanted = evaluated["frames"][evaluated["clip_id"] == 9][0, 0]
    assert np.array_equal(found, wanted)


def test_crop_comes_first_wherever_it_stands(reader):
    found, wanted = (
        batches.training(reader, 1, 4, batches.wanted(*each))
        for each in ((FLIP, JITTER, CROP), ALL)
    )
    batches.assert_same_bytes(found, wanted)


def test_colours_changed_with_the_crop_are_those_changed_after_it(reader):
    class AfterIt:
        """The jitter of whole numbers, which a crop rounds to."""

        build = JITTER.module.build
        window = on_floats = None

    late = registry.Chosen("color_jitter", AfterIt, JITTER.config)
    found, wanted = (
        batches.training(reader, 1, 13, batches.wanted(CROP, each))[0]
        for each in (JITTER, late)
    )
    away = np.abs(found["frames"].astype(int) - wanted["frames"])
    assert 0 < away.max() <= 2
    assert away.mean() < 0.5


def test_batch_has_names_types_and_shapes_as_promised(reader):
    batch_shard = clip_dataset.BatchShard(4)
    spec = clip_dataset.training(reader, BARE, batch_shard, 7).element_spec
    assert spec == {
        "frames": tf.TensorSpec((4, 4, 16, 16, 3), tf.uint8),
        "label": tf.TensorSpec((4,), tf.int32),
        "label.place": tf.TensorSpec((4,), tf.int32),
        "mask": tf.TensorSpec((4,), tf.float32),
        "clip_id": tf.TensorSpec((4,), tf.int64),
    }


def test_evaluation_batch_has_a_place_for_views(reader):
    batch_shard = clip_dataset.BatchShard(4)
    spec = clip_dataset.evaluation(reader, BARE, batch_shard, 2, 3).element_spec
    assert spec["frames"] == tf.TensorSpec((4, 6, 4, 16, 16, 3), tf.uint8)
    assert spec["label"] == tf.TensorSpec((4,), tf.int32)


def test_all_rows_of_training_count(bare):
    assert (bare["mask"] == 1).all()


def test_labels_are_those_of_the_clip(bare):
    labelled = bare["clip_id"] != 4
    wanted = bare["clip_id"] % 3
    assert np.array_equal(bare["label"][labelled], wanted[labelled])
    assert np.array_equal(bare["label.place"], bare["clip_id"] % 2)


def test_clip_without_label_has_minus_one(bare):
    assert bare["label"][bare["clip_id"] == 4] == -1


@pytest.mark.parametrize(
    "block, batch_size", [(None, 4), (None, 13), (None, 20), (1, 4), (2, 20)]
)
def test_evaluation_counts_each_clip_once(reader, block, batch_size):
    given = batches.wanted(block=block)
    found = batches.joined(evaluation(reader, batch_size, given=given))
    assert len(found["mask"]) % batch_size == 0
    counted = found["clip_id"][found["mask"] == 1]
    assert counted.tolist() == NUMBERS
    assert found["mask"].sum() == 13


@both_orders
@pytest.mark.parametrize("hosts, replicas", [(2, 1), (1, 2), (2, 2)])
def test_evaluation_that_is_shared_counts_each_clip_once(
    reader, block, hosts, replicas
):
    given = batches.wanted(block=block)
    batch_shards = [
        clip_dataset.BatchShard(4, hosts, host, replicas)
        for host in range(hosts)
    ]
    parts = [
        evaluation(reader, batch_shard, given=given)
        for batch_shard in batch_shards
    ]
    # 4 steps, a batch for each replica, so that none waits for another.
    assert [len(part) for part in parts] == [4 * replicas] * hosts
    found = batches.joined([made for part in parts for made in part])
    counted = found["clip_id"][found["mask"] == 1]
    assert sorted(counted) == NUMBERS
    assert len(found["mask"]) == 16


def test_evaluation_shows_the_same_however_it_is_read(reader):
    whole = evaluation(reader, 4)
    blocks = evaluation(reader, 4, given=batches.wanted(block=2))
    batches.assert_same_bytes(blocks, whole)


def test_views_are_in_order_of_time_within_crops(reader):
    (found,) = evaluation(reader, 13, views=2, crops=3)
    starts = shards.frames_in(found["frames"][12])[:, 0]
    assert starts.tolist() == [7, 22, 7, 22, 7, 22]  # 36 frames, clip takes 7


def test_crops_go_from_left_to_right(reader):
    (found,) = evaluation(reader, 13, views=2, crops=3)
    blue = found["frames"][0, ..., 2].mean((1, 2, 3))
    left, centre, right = blue[::2]  # of a ramp from 0 to 255
    assert left < 110 < 120 < centre < 135 < 145 < right


def test_one_view_is_the_centre(reader):
    (found,) = evaluation(reader, 13)
    numbers = shards.frames_in(found["frames"][12, 0])
    assert numbers.tolist() == [15, 17, 19, 21]  # of 0 to 35


def test_augmentations_do_not_change_evaluation(reader):
    plain = evaluation(reader, 13)
    augmented = evaluation(reader, 13, given=batches.wanted(*ALL, MIXUP))
    batches.assert_same_bytes(augmented, plain)


def test_batch_that_replicas_cannot_split_is_refused():
    with pytest.raises(errors.UserError, match="multiple of 6"):
        clip_dataset.BatchShard(8, hosts=2, replicas=3)


@pytest.fixture(params=["training", "mixing", "in blocks", "evaluation"])
def either(reader, request):
    batch_shard = clip_dataset.BatchShard(4)
    if request.param == "evaluation":
        return clip_dataset.evaluation(reader, BARE, batch_shard)
    given = {
        "training": batches.wanted(*ALL),
        "mixing": batches.wanted(*ALL, MIXUP),
        "in blocks": batches.wanted(*ALL, block=2),
    }[request.param]
    return clip_dataset.training(reader, given, batch_shard, 7)


def operations(data):
    """Names of all operations in the graph and its functions."""
    ignore_state = 1  # TensorFlow takes DatasetToSingleElement for stateful.
    serialized = tf.raw_ops.DatasetToGraphV2(
        input_dataset=data._variant_tensor, external_state_policy=ignore_state
    )
    graph = tf.compat.v1.GraphDef.FromString(serialized.numpy())
    nodes = list(graph.node)
    for function in graph.library.function:
        nodes += function.node_def
    return {node.op for node in nodes}


def test_graph_calls_no_python(either):
    assert not [name for name in operations(either) if "PyFunc" in name]


def test_graph_draws_only_from_seeds(either):
    drawing = {name for name in operations(either) if "Random" in name}
    seeded = ("StatelessRandom", "RandomIndexShuffle")
    assert not [name for name in drawing if not name.startswith(seeded)]


@both_orders
def test_graph_runs_behind_the_data_service(reader, block):
    given = batches.wanted(*ALL, block=block)
    data = clip_dataset.training(reader, given, clip_dataset.BatchShard(13), 7)
    here = batches.take(data, 1)
    service = tf.data.experimental.service
    dispatcher = service.DispatchServer()
    worker = service.WorkerServer(
        service.WorkerConfig(dispatcher.target.split("://")[1])
    )
    remote = data.apply(
        service.distribute("parallel_epochs", dispatcher.target)
    )
    batches.assert_same_bytes(batches.take(remote, 1), here)
    worker._stop()
    dispatcher._stop()
