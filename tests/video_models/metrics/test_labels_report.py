import numpy as np
import pytest

from video_models.metrics import labels_report

LABELS = ("fall", "jump")


def counts(scores, targets, mask=None, threshold=0.5):
    scores = np.array(scores, np.float32)
    found = labels_report.counts(
        np.log(scores),
        np.log1p(-scores),
        np.array(targets, np.float32),
        np.ones(len(scores), np.float32) if mask is None else mask,
        threshold,
    )
    return {key: np.asarray(value) for key, value in found.items()}


def report(*arguments, **settings):
    return labels_report.report(counts(*arguments, **settings), LABELS)


def exact_average_precision(scores, right):
    """By its definition: the mean precision at every right clip."""
    order = np.argsort(-scores)
    right = right[order]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return precision[right > 0].mean()


def test_average_precision_is_that_of_the_sorted_scores():
    random = np.random.default_rng(0)
    scores = random.permutation(np.linspace(0.02, 0.98, 80)).reshape(40, 2)
    right = np.float32(random.random((40, 2)) < 0.3)
    found = report(scores, right)
    wanted = [
        exact_average_precision(scores[:, n], right[:, n]) for n in (0, 1)
    ]
    per_class = found["per_class"].values()
    assert [row["average_precision"] for row in per_class] == pytest.approx(
        wanted, abs=1e-6
    )
    assert found["mean_average_precision"] == pytest.approx(np.mean(wanted))


def test_a_label_that_no_clip_has_is_left_out_of_means():
    found = report([[0.9, 0.8], [0.2, 0.1]], [[1, 0], [0, 0]])
    assert found["mean_average_precision"] == 1.0
    assert found["macro_f1"] == 1.0
    assert found["per_class"]["jump"]["count"] == 0


def test_micro_counts_decisions_and_macro_averages_labels():
    # fall: two right of two; jump: a hit, a miss, a false alarm.
    scores = [[0.9, 0.9], [0.9, 0.1], [0.1, 0.9]]
    found = report(scores, [[1, 1], [1, 1], [0, 0]])
    assert found["micro_f1"] == pytest.approx(2 * 3 / (4 + 4))
    assert found["macro_f1"] == pytest.approx((1.0 + 0.5) / 2)
    assert found["per_class"]["jump"]["precision"] == 0.5
    assert found["per_class"]["jump"]["recall"] == 0.5


def test_match_is_exact_where_all_labels_are_right_and_no_others():
    found = report(
        [[0.9, 0.9], [0.9, 0.1], [0.1, 0.1]], [[1, 1], [1, 1], [0, 0]]
    )
    assert found["exact_match"] == pytest.approx(2 / 3)


def test_threshold_decides():
    low = report([[0.3, 0.3]], [[1, 1]], threshold=0.25)
    high = report([[0.3, 0.3]], [[1, 1]], threshold=0.5)
    assert (low["exact_match"], high["exact_match"]) == (1.0, 0.0)


def test_loss_is_the_mean_over_labels():
    found = report([[0.5, 0.25]], [[1, 1]])
    assert found["loss"] == pytest.approx((np.log(2) + np.log(4)) / 2)


def test_a_masked_row_counts_nothing_even_when_it_is_nan():
    masked = counts(
        [[0.9, 0.1], [np.nan, np.nan]], [[1, 0], [1, 1]], np.float32([1, 0])
    )
    alone = counts([[0.9, 0.1]], [[1, 0]])
    for key, value in masked.items():
        np.testing.assert_array_equal(value, alone[key])


def test_a_nan_is_the_lowest_score_and_no_label():
    found = counts([[np.nan, 0.2]], [[1, 0]])
    assert found["with_label"][0, 0] == 1
    assert found["guessed"].tolist() == [0, 0]


def test_random_scores_reach_the_share_of_clips_with_a_label():
    found = report([[0.3, 0.3]] * 4, [[1, 1], [1, 0], [1, 0], [0, 0]])
    assert found["random_average_precision"] == pytest.approx((3 + 1) / 2 / 4)
