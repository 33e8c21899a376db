import numpy as np
import pytest

from launch.probing import neighbours, probe_run, probes, ridge
from tests.launch import labelled
from tfrecords_tools.base import errors

SPLITS = ("train", "validation")


def test_a_clip_is_scored_by_fits_that_saw_none_of_its_group():
    clips = labelled.clips()
    swapped = clips.labels.copy()
    swapped[[6, 7]] = swapped[[7, 6]]  # Both of group 3.
    before, after = (
        ridge.out_of_fold(clips.features, labels, clips.groups, 3)
        for labels in (clips.labels, swapped)
    )
    np.testing.assert_array_equal(before[:, 6:8], after[:, 6:8])
    assert not np.allclose(before, after)


@pytest.mark.parametrize("count, size", [(40, 8), (8, 40)])
def test_ridge_solves_its_normal_equations(count, size):
    random = np.random.default_rng(0)
    x, z = random.normal(size=(count, size)), random.normal(size=(5, size))
    labels = np.arange(count) % 2
    (found,) = ridge.scores(x, labels, z, 2, (0.1,))
    x, z = ((each - x.mean(0)) / x.std(0) for each in (x, z))
    y = np.eye(2)[labels]
    values = np.linalg.eigvalsh(x @ x.T if count <= size else x.T @ x)
    penalty = 0.1 * values.clip(0).mean() * np.eye(size)
    weights = np.linalg.solve(x.T @ x + penalty, x.T @ (y - y.mean(0)))
    np.testing.assert_allclose(found, z @ weights + y.mean(0), atol=1e-6)


def test_a_constant_feature_does_no_harm():
    x = np.random.default_rng(0).normal(size=(9, 3))
    x[:, 1] = 7
    other = x[:1] + [[0, 1, 0]]
    assert np.isfinite(ridge.scores(x, np.arange(9) % 2, other, 2)).all()


def test_of_equal_strengths_the_strongest_is_chosen():
    found = np.zeros((3, 2, 2))
    found[:2, :, 0], found[2, :, 1] = 1, 1
    assert ridge.choose(found, np.array([0, 0])) == 1


def test_votes_are_of_other_groups():
    rows = np.eye(3, dtype=np.float32)[[0, 0, 1]]
    groups = np.array([0, 0, 1])
    found = neighbours.votes(
        rows, rows, np.array([0, 0, 1]), 2, (groups, groups), 1
    )
    assert found.argmax(1).tolist() == [1, 1, 0]


def test_smaller_shares_are_part_of_larger_ones():
    clips = labelled.clips()
    small, large = (probes.draw(clips, share, 0) for share in (0.2, 0.5))
    assert set(small) < set(large)
    assert np.bincount(clips.labels[small]).tolist() == [4, 4, 4]


def test_each_label_keeps_a_clip():
    clips = labelled.clips()
    assert len(probes.draw(clips, 0.001, 0)) == 3


@pytest.mark.parametrize("kind", probes.KINDS)
def test_probe_tells_separate_labels_apart(kind):
    encoded = labelled.clips(splits=SPLITS)
    random = labelled.of(
        np.random.default_rng(1).normal(size=(60, 16)),
        encoded.labels,
        splits=SPLITS,
    )
    (row,) = probe_run.run(encoded, [random], "validation", [kind], [1.0], 1)
    assert row.accuracy == 1.0 and row.random_accuracy < 0.7
    assert (row.labels, row.tested) == (30, 30)
    assert set(row.to_json()) >= {
        "kind", "labels", "accuracy", "random_accuracy",
    }  # fmt: skip


def test_validation_labels_choose_nothing(monkeypatch):
    seen = []
    choose = ridge.choose

    def noted(found, labels):
        seen.append(len(labels))
        return choose(found, labels)

    monkeypatch.setattr(ridge, "choose", noted)
    clips = labelled.clips(splits=SPLITS)
    probes.predict("linear", clips.of_split("train"), clips)
    assert seen == [30]


def test_shards_without_labels_are_refused():
    clips = labelled.of(np.ones((4, 2)), [-1] * 4, splits=SPLITS)
    with pytest.raises(errors.UserError, match="fewer than two labels"):
        probe_run.run(clips, [], "validation", ["knn"], [1.0], 1)


def test_majority_is_that_of_training():
    labels = [0, 1, 0, 1, 1, 0, 0, 1]  # Trained on: 0, 0, 1, 0.
    clips = labelled.of(np.eye(8), labels, splits=SPLITS)
    (row,) = probe_run.run(clips, [clips], "validation", ["knn"], [1.0], 1)
    assert row.majority == 0.25
