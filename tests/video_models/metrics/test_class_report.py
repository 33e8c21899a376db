import numpy as np
import pytest

from video_models.metrics import class_report

# Three clips of class 0, one guessed as 1; one clip of class 1, guessed.
CONFUSION = np.array([[2.0, 1.0], [0.0, 1.0]])
COUNTS = {"confusion": CONFUSION, "top_5": 4.0, "examples": 4.0, "loss": 2.0}
LABELS = ("fall", "jump")


def counts(scores, labels, mask=None):
    scores = np.array(scores, np.float32)
    found = class_report.counts(
        np.log(scores),
        np.eye(scores.shape[1], dtype=np.float32)[labels],
        np.ones(len(scores), np.float32) if mask is None else mask,
    )
    return {key: np.asarray(value) for key, value in found.items()}


def test_confusion_is_true_class_by_predicted_class():
    found = counts([[0.4, 0.6], [0.3, 0.7], [0.9, 0.1]], [0, 1, 0])
    assert found["confusion"].tolist() == [[1, 1], [0, 1]]


def test_loss_is_a_sum():
    found = counts([[0.5, 0.5], [0.25, 0.75]], [0, 0])
    assert found["loss"] == pytest.approx(np.log(2) + np.log(4))


def test_fifth_best_is_a_hit_and_sixth_is_not():
    scores = [0.3, 0.2, 0.15, 0.14, 0.11, 0.1]
    found = counts([scores, scores], [4, 5])
    assert found["top_5"] == 1


def test_a_masked_row_counts_nothing_even_when_it_is_nan():
    found = counts(
        [[0.5, 0.5], [np.nan, np.nan]], [0, 1], np.array([1, 0], np.float32)
    )
    assert found["confusion"].tolist() == [[1, 0], [0, 0]]
    assert found["loss"] == pytest.approx(np.log(2))
    assert found["examples"] == 1


def test_a_row_with_a_nan_is_no_hit():
    found = counts([[np.nan, np.nan], [0.9, np.nan], [0.2, 0.8]], [0, 0, 1])
    assert found["confusion"].tolist() == [[0, 2], [0, 1]]
    assert found["top_5"] == 1
    assert np.isnan(found["loss"])


def test_report_has_accuracy_top_5_and_loss_an_example():
    report = class_report.report(COUNTS, LABELS)
    assert report["accuracy"] == 0.75
    assert report["top_5"] == 1.0
    assert report["loss"] == 0.5
    assert report["confusion"] == [[2, 1], [0, 1]]


def test_report_has_precision_recall_and_f1_of_each_class():
    report = class_report.report(COUNTS, LABELS)["per_class"]
    assert report["fall"] == {
        "precision": 1.0,
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(0.8),
        "count": 3,
    }
    assert report["jump"]["precision"] == 0.5
    assert report["jump"]["recall"] == 1.0


def test_a_class_never_seen_nor_guessed_has_0_everywhere():
    nothing = {**COUNTS, "confusion": np.zeros((2, 2)), "examples": 0.0}
    report = class_report.report(nothing, LABELS)
    assert report["accuracy"] == 0.0
    assert set(report["per_class"]["fall"].values()) == {0}


def test_the_most_frequent_label_reaches_its_share():
    report = class_report.report(COUNTS, LABELS)
    assert report["majority_accuracy"] == 0.75
