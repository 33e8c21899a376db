import numpy as np
import pytest

from tfrecords_tools.base import errors
from video_models.metrics import precision_recall


def normal(size, seed=0):
    return np.random.default_rng(seed).normal(size=size)


def column(*values):
    return np.float64(values)[:, None]


def test_equal_sets_cover_one_another():
    features = normal((50, 8))
    found = precision_recall.precision_and_recall(features, features)
    assert found == (1.0, 1.0)


def test_far_sets_cover_nothing():
    features = normal((50, 8))
    found = precision_recall.precision_and_recall(features, features + 100)
    assert found == (0.0, 0.0)


def test_precision_counts_samples_near_real_clips():
    # Balls of the nearest neighbour: [-1, 1], [0, 2], [9, 11], [10, 12].
    real, samples = column(0, 1, 10, 11), column(0.5, 5, 12, 13)
    found, _ = precision_recall.precision_and_recall(real, samples, k=1)
    assert found == 2 / 4


def test_recall_counts_real_clips_near_samples():
    real, samples = column(0, 1, 10, 11), column(0, 0.5, 0.25, 1)
    _, found = precision_recall.precision_and_recall(real, samples, k=1)
    assert found == 2 / 4


def test_monotonous_samples_are_precise_and_recall_little():
    real = normal((200, 4))
    samples = 0.01 * normal((200, 4), seed=1)
    precision, recall = precision_recall.precision_and_recall(real, samples)
    assert precision == 1.0 and recall < 0.1


def test_blocks_of_rows_change_nothing(monkeypatch):
    real, samples = normal((2, 20, 3))
    wanted = precision_recall.precision_and_recall(real, samples)
    monkeypatch.setattr(precision_recall, "_ROWS", 7)
    assert precision_recall.precision_and_recall(real, samples) == wanted


def test_as_many_clips_as_neighbours_are_refused():
    with pytest.raises(errors.UserError, match="got 3 samples.*at least 4"):
        precision_recall.precision_and_recall(
            normal((9, 2)), normal((3, 2), seed=1), k=3
        )


def test_diversity_is_that_of_what_is_real():
    real = column(0, 1, 2)
    assert precision_recall.diversity(real, real + 7) == pytest.approx(1)


def test_samples_half_as_far_apart_are_half_as_diverse():
    real = normal((9, 3))
    found = precision_recall.diversity(real, 5 + real / 2)
    assert found == pytest.approx(0.5)


def test_the_same_sample_again_and_again_is_not_diverse():
    found = precision_recall.diversity(column(0, 1), column(3, 3, 3))
    assert found == pytest.approx(0, abs=1e-6)


def test_real_clips_that_are_all_alike_are_refused():
    with pytest.raises(errors.UserError, match="does not distinguish clips"):
        precision_recall.diversity(np.ones((3, 2)), normal((3, 2)))
