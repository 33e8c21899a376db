import numpy as np
import pytest

from video_models.metrics import retrieval

EYE = np.eye(4, dtype=np.float32)


def test_own_keys_that_are_nearest_are_all_recalled():
    found = retrieval.recalls(EYE, EYE)[1]
    assert found == retrieval.Metric(1.0, 0.25, 4)


def test_recall_at_k_asks_for_the_k_best():
    keys = EYE[[1, 0, 2, 3]] + 0.5 * EYE  # Own keys are second for 0 and 1.
    found = retrieval.recalls(EYE, keys, at=(1, 2))
    assert [found[k].value for k in (1, 2)] == [0.5, 1.0]


def test_chance_of_recall_is_the_share_of_keys():
    found = retrieval.recalls(EYE, EYE)
    assert [found[k].chance for k in (1, 5)] == [0.25, 1.0]


@pytest.mark.parametrize("value", [1.0, np.nan])
def test_vectors_that_are_all_the_same_recall_nothing(value):
    same = np.full((4, 2), value, np.float32)
    assert retrieval.recalls(same, same)[1].value == 0.0


def test_more_queries_than_a_block_are_compared_with_all_keys(monkeypatch):
    numbers = np.random.default_rng(0).normal(size=(2, 7, 3))
    whole = retrieval.recalls(*numbers)
    monkeypatch.setattr(retrieval, "_BLOCK", 3)
    assert retrieval.recalls(*numbers) == whole


def test_a_key_of_the_same_label_is_right():
    keys = EYE[[1, 0, 3, 2]]
    labels = np.array([0, 0, 1, 1])
    assert retrieval.recalls(EYE, keys)[1].value == 0.0
    found = retrieval.label_aware_recall(EYE, keys, labels)
    assert found == retrieval.Metric(1.0, 0.5, 4)


def test_clips_without_a_label_do_not_count():
    labels = np.array([0, 1, -1, -1])
    found = retrieval.label_aware_recall(EYE, EYE, labels)
    assert found == retrieval.Metric(1.0, 0.5, 2)


def test_clips_that_share_one_of_several_labels_are_alike():
    labels = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]], bool)
    keys = EYE[[1, 0, 2, 3]]
    assert retrieval.label_aware_recall(EYE, keys, labels).value == 1.0


def test_chance_of_a_rare_label_is_small():
    labels = np.array([0, 0, 0, 1])
    found = retrieval.label_aware_recall(EYE, EYE, labels)
    assert found.chance == pytest.approx((3 * 3 / 4 + 1 / 4) / 4)


def test_choice_is_right_where_the_key_is_nearer():
    others = EYE[[0, 2, 3, 1]]  # A tie, which is wrong, then three others.
    assert retrieval.choice(EYE, EYE, others).value == 0.75


def test_no_clips_give_no_hits():
    none = np.zeros((0, 3), np.float32)
    assert retrieval.recalls(none, none)[1].value == 0.0
    found = retrieval.label_aware_recall(none, none, np.zeros(0, np.int32))
    assert found.clips == 0
