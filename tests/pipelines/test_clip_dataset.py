import itertools

import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch, clip_dataset, shard_reader
from tests import shards
from tfrecords_tools.base import errors, registry

CLIP = batch.ClipSpec(frames=4, stride=2, size=16)
CROP, FLIP, JITTER = (
    registry.choose("pipelines.augmentations", name)
    for name in ("random_resized_crop", "flip", "color_jitter")
)
ALL = (CROP, FLIP, JITTER)
EVERY_OTHER_FRAME = np.arange(0, 8, 2)


@pytest.fixture(scope="module")
def reader(coded_shards):
    return shard_reader.ShardReader(coded_shards, "train")


def training(reader, share, augmentations=ALL, seed=7, **kwargs):
    return clip_dataset.training(
        reader, CLIP, augmentations, share, seed, **kwargs
    )


def batches(data, count):
    return list(itertools.islice(data.as_numpy_iterator(), count))


def joined(parts):
    """One batch of several."""
    return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


def assert_same_bytes(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        assert one.keys() == other.keys()
        for name in one:
            assert one[name].tobytes() == other[name].tobytes(), name


@pytest.fixture(scope="module")
def undisturbed(reader):
    """The first 8 batches of 4: 2 epochs of 13 clips and a bit."""
    return batches(training(reader, clip_dataset.Share(4)), 8)


def test_equal_seeds_give_equal_batches(reader, undisturbed):
    again = batches(training(reader, clip_dataset.Share(4)), 8)
    assert_same_bytes(again, undisturbed)


def test_other_seed_gives_other_batches(reader, undisturbed):
    other = batches(training(reader, clip_dataset.Share(4), seed=8), 1)
    assert not np.array_equal(other[0]["frames"], undisturbed[0]["frames"])


@pytest.mark.parametrize("step", [1, 3, 5])
def test_resumed_run_sees_the_batches_that_it_would_have_seen(
    reader, undisturbed, step
):
    data = training(reader, clip_dataset.Share(4), start_step=step)
    assert_same_bytes(batches(data, 8 - step), undisturbed[step:])


def test_number_of_threads_changes_nothing(reader, undisturbed):
    one = clip_dataset.Config(parallel_clips=1, prefetch_batches=1)
    data = training(reader, clip_dataset.Share(4), config=one)
    assert_same_bytes(batches(data, 8), undisturbed)


def test_two_replicas_share_the_batches_of_one(reader, undisturbed):
    parts = batches(training(reader, clip_dataset.Share(4, replicas=2)), 16)
    pairs = [joined(parts[i : i + 2]) for i in range(0, 16, 2)]
    assert_same_bytes(pairs, undisturbed)


@pytest.mark.parametrize("step", [0, 3])
def test_two_hosts_share_the_batches_of_one(reader, undisturbed, step):
    hosts = [
        batches(
            training(
                reader,
                clip_dataset.Share(4, hosts=2, host=host),
                start_step=step,
            ),
            8 - step,
        )
        for host in range(2)
    ]
    pairs = [joined(pair) for pair in zip(*hosts, strict=True)]
    assert_same_bytes(pairs, undisturbed[step:])


def test_two_hosts_of_two_replicas_share_the_batches_of_one(
    reader, undisturbed
):
    first, second = (
        batches(
            training(
                reader, clip_dataset.Share(4, hosts=2, host=host, replicas=2)
            ),
            4,
        )
        for host in range(2)
    )
    wanted = joined(first[:2] + second[:2])
    assert_same_bytes([wanted], undisturbed[:1])


def test_clip_is_cropped_alike_whatever_the_batch_size(reader, undisturbed):
    ones = batches(training(reader, clip_dataset.Share(1)), 8)
    assert_same_bytes([joined(ones[:4]), joined(ones[4:])], undisturbed[:2])


def test_clip_is_cropped_anew_in_each_epoch(reader):
    data = training(reader, clip_dataset.Share(13), [CROP])
    first, second = batches(data, 2)
    one = first["frames"][first["clip_id"].argmin()]
    other = second["frames"][second["clip_id"].argmin()]
    assert not np.array_equal(one, other)


def test_clips_of_a_batch_are_cropped_differently(reader):
    data = training(reader, clip_dataset.Share(13), [CROP])
    ramps = batches(data, 1)[0]["frames"][:, 0, 0, :, 2]
    # Alike, they would be one ramp but for the noise of JPEG.
    assert np.ptp(ramps.mean(axis=1)) > 20


def test_every_epoch_holds_every_clip(reader):
    data = training(reader, clip_dataset.Share(13))
    for each in batches(data, 2):
        assert sorted(each["clip_id"]) == sorted(reader.clip_ids)


@pytest.mark.parametrize("augmentations", [(), (CROP,), (FLIP,)])
def test_pixels_are_those_of_the_clip(reader, augmentations):
    data = training(reader, clip_dataset.Share(13), augmentations)
    (found,) = batches(data, 1)
    numbers = shards.clips_in(found["frames"])
    assert np.array_equal(numbers, np.tile(found["clip_id"], (4, 1)).T)


def test_frames_of_a_clip_are_a_stride_apart(reader):
    (found,) = batches(training(reader, clip_dataset.Share(13), ()), 1)
    numbers = shards.frames_in(found["frames"][found["clip_id"] != 9])
    starts = numbers[:, :1]
    assert np.array_equal(numbers, starts + EVERY_OTHER_FRAME)


def test_short_clip_is_looped(reader):
    (found,) = batches(training(reader, clip_dataset.Share(13), ()), 1)
    (short,) = shards.frames_in(found["frames"][found["clip_id"] == 9])
    assert short.tolist() == [0, 2, 1, 0]


def test_clips_start_at_random_moments(reader):
    data = training(reader, clip_dataset.Share(13), ())
    starts = {
        int(shards.frames_in(each["frames"][each["clip_id"] == 13])[0, 0])
        for each in batches(data, 6)
    }
    assert len(starts) > 2


def test_without_augmentation_training_sees_the_pixels_of_evaluation(reader):
    share = clip_dataset.Share(13)
    trained = batches(training(reader, share, ()), 1)[0]
    evaluated = batches(clip_dataset.evaluation(reader, CLIP, share), 1)[0]
    # Clip 9 is so short that there is but one way to take frames from it.
    found = trained["frames"][trained["clip_id"] == 9][0]
    wanted = evaluated["frames"][evaluated["clip_id"] == 9][0, 0]
    assert np.array_equal(found, wanted)


def test_crop_comes_first_wherever_it_stands(reader, undisturbed):
    data = training(reader, clip_dataset.Share(4), (FLIP, JITTER, CROP))
    assert_same_bytes(batches(data, 1), undisturbed[:1])


def test_batch_has_names_types_and_shapes_as_promised(reader):
    spec = training(reader, clip_dataset.Share(4)).element_spec
    assert spec == {
        "frames": tf.TensorSpec((4, 4, 16, 16, 3), tf.uint8),
        "label": tf.TensorSpec((4,), tf.int32),
        "label.place": tf.TensorSpec((4,), tf.int32),
        "mask": tf.TensorSpec((4,), tf.float32),
        "clip_id": tf.TensorSpec((4,), tf.int64),
    }


def test_evaluation_batch_has_a_place_for_views(reader):
    share = clip_dataset.Share(4)
    spec = clip_dataset.evaluation(reader, CLIP, share, 2, 3).element_spec
    assert spec["frames"] == tf.TensorSpec((4, 6, 4, 16, 16, 3), tf.uint8)
    assert spec["label"] == tf.TensorSpec((4,), tf.int32)


def test_labels_are_those_of_the_clip(reader):
    (found,) = batches(training(reader, clip_dataset.Share(13)), 1)
    labelled = found["clip_id"] != 4
    wanted = found["clip_id"] % 3
    assert np.array_equal(found["label"][labelled], wanted[labelled])
    assert np.array_equal(found["label.place"], found["clip_id"] % 2)


def test_clip_without_label_has_minus_one(reader):
    (found,) = batches(training(reader, clip_dataset.Share(13)), 1)
    assert found["label"][found["clip_id"] == 4] == -1


@pytest.mark.parametrize("batch_size", [4, 13, 20])
def test_evaluation_counts_each_clip_once(reader, batch_size):
    share = clip_dataset.Share(batch_size)
    found = joined(batches(clip_dataset.evaluation(reader, CLIP, share), 99))
    assert len(found["mask"]) % batch_size == 0
    counted = found["clip_id"][found["mask"] == 1]
    assert counted.tolist() == reader.clip_ids.tolist()
    assert found["mask"].sum() == 13


def test_evaluation_on_two_hosts_counts_each_clip_once(reader):
    hosts = [
        joined(
            batches(
                clip_dataset.evaluation(
                    reader, CLIP, clip_dataset.Share(4, hosts=2, host=host)
                ),
                99,
            )
        )
        for host in range(2)
    ]
    assert len(hosts[0]["mask"]) == len(hosts[1]["mask"])
    found = joined(hosts)
    counted = found["clip_id"][found["mask"] == 1]
    assert sorted(counted) == reader.clip_ids.tolist()


def test_views_are_in_order_of_time_within_crops(reader):
    share = clip_dataset.Share(13)
    data = clip_dataset.evaluation(reader, CLIP, share, views=2, crops=3)
    frames = batches(data, 1)[0]["frames"][12]  # 36 frames, clip takes 7
    starts = shards.frames_in(frames)[:, 0]
    assert starts.tolist() == [7, 22, 7, 22, 7, 22]


def test_crops_go_from_left_to_right(reader):
    share = clip_dataset.Share(13)
    data = clip_dataset.evaluation(reader, CLIP, share, views=2, crops=3)
    blue = batches(data, 1)[0]["frames"][0, ..., 2].mean((1, 2, 3))
    left, centre, right = blue[::2]  # of a ramp from 0 to 255
    assert left < 110 < 120 < centre < 135 < 145 < right


def test_one_view_is_the_centre(reader):
    share = clip_dataset.Share(13)
    (found,) = batches(clip_dataset.evaluation(reader, CLIP, share), 1)
    numbers = shards.frames_in(found["frames"][12, 0])
    assert numbers.tolist() == [15, 17, 19, 21]  # of 0 to 35


def test_several_labels_are_marked_each(tmp_path):
    clips = [
        shards.Clip(0, 8, ("a", "c")),
        shards.Clip(1, 8, ("b",)),
        shards.Clip(2, 8),
    ]
    shards.write(tmp_path, {"train": clips})
    several = shard_reader.ShardReader(tmp_path, "train")
    data = clip_dataset.evaluation(several, CLIP, clip_dataset.Share(3))
    (found,) = batches(data, 1)
    assert found["label"].dtype == np.float32
    assert found["label"].tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]


def test_batch_that_replicas_cannot_share_is_refused():
    with pytest.raises(errors.UserError, match="multiple of 6"):
        clip_dataset.Share(8, hosts=2, replicas=3)


@pytest.fixture(params=["training", "evaluation"])
def either(reader, request):
    share = clip_dataset.Share(4)
    if request.param == "training":
        return training(reader, share)
    return clip_dataset.evaluation(reader, CLIP, share)


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


def test_graph_runs_behind_the_data_service(reader):
    share = clip_dataset.Share(13)
    here = batches(training(reader, share), 1)
    service = tf.data.experimental.service
    dispatcher = service.DispatchServer()
    worker = service.WorkerServer(
        service.WorkerConfig(dispatcher.target.split("://")[1])
    )
    remote = training(reader, share).apply(
        service.distribute("parallel_epochs", dispatcher.target)
    )
    assert_same_bytes(batches(remote, 1), here)
    worker._stop()
    dispatcher._stop()
