import keras
import numpy as np
import pytest
import tensorflow as tf

from pipelines import clip_dataset, clip_labels
from pipelines.audio import audio_features
from pipelines.reading import shard_reader
from pipelines.text import text_tokens
from tests import run_modes, shards
from tests.pipelines import batches
from tests.pipelines.batches import CUTMIX, FLIP, MIXUP
from tfrecords_tools.base import errors, registry
from video_models import objective

both_mixes = pytest.mark.parametrize("mix", [MIXUP, CUTMIX])
# Drawn evenly, as most labels are then far from 0 and 1.
EVEN = registry.choose(
    "pipelines.augmentations", "mixup", MIXUP.module.Config(alpha=1.0)
)


@pytest.fixture(scope="module")
def reader(coded_shards):
    return shard_reader.ShardReader(coded_shards, "train")


def hard(made, classes, column="label"):
    """float32 [B, classes] of the clips' own labels."""
    wanted = made["clip_id"] % classes
    known = column != "label" or made["clip_id"] != 4
    return np.eye(classes)[wanted] * np.reshape(known, (-1, 1))


@run_modes.both
def test_row_has_its_share_of_its_own_label_and_the_rest_of_the_next(run):
    labels, own = np.int32([0, 2, 1]), np.float32([1.0, 0.25, 0.5])
    found = run(
        lambda *given: clip_labels.mix_labels(given[0], 3, given[1]),
        labels,
        own,
    )
    wanted = [[1, 0, 0], [0, 0.75, 0.25], [0.5, 0.5, 0]]
    assert found.numpy().tolist() == wanted


@run_modes.both
def test_clip_without_label_takes_part_of_the_sum_with_it(run):
    labels, own = np.int32([-1, 2]), np.float32([0.25, 0.25])
    found = run(
        lambda *given: clip_labels.mix_labels(given[0], 3, given[1]),
        labels,
        own,
    )
    assert found.numpy().tolist() == [[0, 0, 0.75], [0, 0, 0.25]]


@run_modes.both
def test_soft_labels_are_mixed_again(run):
    labels = np.float32([[0.5, 0.5], [1, 0]])
    own = np.float32([0.5, 1.0])
    found = run(
        lambda *given: clip_labels.mix_labels(given[0], 2, given[1]),
        labels,
        own,
    )
    assert found.numpy().tolist() == [[0.75, 0.25], [1, 0]]


def test_several_labels_are_marked_each(tmp_path):
    clips = [
        shards.Clip(0, 8, ("a", "c")),
        shards.Clip(1, 8, ("b",)),
        shards.Clip(2, 8),
    ]
    shards.write(tmp_path, {"train": clips})
    several = shard_reader.ShardReader(tmp_path, "train")
    data = clip_dataset.evaluation(
        several, batches.wanted(), clip_dataset.BatchShard(3)
    )
    (found,) = batches.take(data, 1)
    assert found["label"].dtype == np.float32
    assert found["label"].tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]


def test_further_label_set_may_mark_several_too(tmp_path):
    clips = [
        shards.Clip(0, 8, ("a",), {"place": ("y", "x")}),
        shards.Clip(1, 8, ("b",), {"place": ("y",)}),
        shards.Clip(2, 8, ("b",)),
    ]
    shards.write(
        tmp_path,
        {"train": clips},
        tasks={"place": ("x", "y")},
        several_tasks=("place",),
    )
    several = shard_reader.ShardReader(tmp_path, "train")
    data = clip_dataset.evaluation(
        several, batches.wanted(), clip_dataset.BatchShard(3)
    )
    (found,) = batches.take(data, 1)
    assert found["label"].tolist() == [0, 1, 1]
    assert found["label.place"].tolist() == [[1, 1], [0, 1], [0, 0]]


@pytest.fixture(scope="module")
def mixed(reader):
    """Two batches of 13 clips, by the name of what mixed them."""
    return {
        mix.name: batches.training(reader, 2, 13, batches.wanted(FLIP, mix))
        for mix in (EVEN, CUTMIX)
    }


both_names = pytest.mark.parametrize("name", ["mixup", "cutmix"])


@both_names
@pytest.mark.parametrize("column, classes", [("label", 3), ("label.place", 2)])
def test_labels_are_of_the_clip_and_the_next_one(mixed, name, column, classes):
    for made in mixed[name]:
        own = hard(made, classes, column)
        next_one = np.roll(own, -1, axis=0)
        # Where the two differ, the label tells the share of each.
        share = own_shares(made)[:, None]
        wanted = share * own + (1 - share) * next_one
        np.testing.assert_allclose(made[column], wanted, atol=1e-6)


def own_shares(made):
    """What the labels of both sets say; 1 where they cannot."""
    share = np.ones(len(made["clip_id"]))
    for column, classes in (("label", 3), ("label.place", 2)):
        own = hard(made, classes, column)
        step = own - np.roll(own, -1, axis=0)
        tells = np.abs(step).max(1) > 0
        best = np.abs(step).argmax(1)
        rows = np.arange(len(step))
        told = made[column] - np.roll(own, -1, axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            told = told[rows, best] / step[rows, best]
        share = np.where(tells, told, share)
    return share


@both_names
def test_soft_labels_sum_to_one(mixed, name):
    for made in mixed[name]:
        assert np.allclose(made["label.place"].sum(1), 1)
        known = made["clip_id"] != 4
        beside = known & np.roll(known, -1)
        assert np.allclose(made["label"][beside].sum(1), 1)


@both_names
def test_clip_without_label_gives_none_of_its_share(mixed, name):
    for made in mixed[name]:
        (row,) = np.flatnonzero(made["clip_id"] == 4)
        share = own_shares(made)
        assert made["label"][row].sum() == pytest.approx(1 - share[row])
        before = made["label"][row - 1].sum()
        assert before == pytest.approx(share[row - 1])


@both_names
def test_pixels_are_mixed_as_the_labels_are(mixed, name):
    # Red is 6 times the clip's number, and JPEG errs by 1 or 2.
    for made in mixed[name]:
        share, clips = own_shares(made), made["clip_id"]
        red = made["frames"][..., 0].mean((1, 2, 3))
        wanted = share * clips + (1 - share) * np.roll(clips, -1)
        tells = shares_told(made)
        assert np.abs(red - shards.STEP * wanted)[tells].max() < 2.5


def shares_told(made):
    """Rows of which a label differs from that of the next one."""
    told = [hard(made, 3), hard(made, 2, "label.place")]
    return np.any(
        [(np.abs(own - np.roll(own, -1, axis=0)) > 0).any(1) for own in told],
        axis=0,
    )


@both_names
def test_shares_differ_from_row_to_row(mixed, name):
    assert np.ptp(own_shares(mixed[name][0])) > 0.3


@both_mixes
@pytest.mark.parametrize(
    "flag, beside",
    [
        (
            "--extra_inputs",
            {
                "extra_inputs": (
                    registry.choose("pipelines.extra_inputs", "two_clips"),
                )
            },
        ),
        ("--audio", {"audio": audio_features.Config(voice=True)}),
        ("--text", {"text": text_tokens.Config(tokens="words")}),
    ],
)
def test_mixing_is_refused_beside_what_it_does_not_mix(
    reader, mix, flag, beside
):
    given = clip_dataset.Input(batches.CLIP, (mix,), **beside)
    with pytest.raises(
        errors.UserError, match=f"{mix.name}.*entries of {flag}:"
    ):
        clip_dataset.training(reader, given, clip_dataset.BatchShard(4), 7)


@pytest.fixture(scope="module")
def goal():
    """The registered objective over tiny components."""
    components = [
        registry.choose("video_models.backbones", "frame_conv"),
        registry.choose("video_models.temporal", "none"),
        registry.choose("video_models.heads", "classifier"),
    ]
    tiny = [each._replace(config=each.module.TINY) for each in components]
    task = objective.Task(batches.CLIP, ("a", "b", "c"))
    chosen = registry.choose("video_models.objectives", "classification")
    return chosen.build(objective.Components(*tiny), task, keras.optimizers.SGD)


def floats(made):
    return {**made, "frames": tf.cast(made["frames"], tf.float32)}


def test_soft_labels_reach_the_loss(mixed, goal):
    given = floats(mixed["mixup"][0])
    logits = goal.forward("classifier", given, np.int32([1, 2]), 0)
    found = goal.losses("classifier", given, logits, 0)["cross_entropy"]
    wanted = -(given["label"] * np.array(tf.nn.log_softmax(logits))).sum(1)
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_soft_labels_reach_the_metrics(mixed, goal):
    given = floats(mixed["mixup"][0])
    scores = goal.predict(goal.networks, given["frames"])["scores"].numpy()
    seen = {**given, "frames": given["frames"][:, None]}
    counts = goal.counts(goal.networks, seen)
    report = goal.report({k: np.float64(v) for k, v in counts.items()})
    has = given["label"].max(1) > 0
    right = scores.argmax(1) == given["label"].argmax(1)
    assert report["examples"] == has.sum()
    assert report["accuracy"] == pytest.approx(right[has].mean())
