"""The linear classifier in closed form."""

import numpy as np
import pytest

from video_models.classification import ridge_readout

CLIPS, VIEWS = 40, 3


@pytest.fixture(scope="module")
def data():
    """Two groups of columns: the label is in the second only."""
    draw = np.random.default_rng(0)
    labels = np.arange(CLIPS) % 2
    noise = draw.normal(size=(CLIPS, VIEWS, 12))
    signal = draw.normal(size=(CLIPS, VIEWS, 5)) + 1.5 * labels[:, None, None]
    folds = np.arange(CLIPS) // 4
    return 100 + np.concatenate([noise, signal], -1), labels, folds


@pytest.fixture(scope="module")
def found(data):
    return ridge_readout.fit(*data, (12, 5), 3)


def logits(found, features):
    return features @ found.kernel + found.bias


def test_labels_are_found(data, found):
    features, labels, _ = data
    scores = logits(found, features).mean(1)
    assert (scores.argmax(-1) == labels).mean() > 0.95


def test_accuracy_is_that_of_clips_left_out(found):
    assert 0.8 < found.accuracy <= 1.0 and found.compared == CLIPS


def test_groups_that_say_nothing_are_left_out(found):
    best = next(iter(found.weights))
    assert best.groups == (1,)


def test_weights_of_candidates_sum_to_one(found):
    assert sum(found.weights.values()) == pytest.approx(1.0, abs=0.02)


def test_probabilities_of_clips_left_out_are_calibrated():
    draw = np.random.default_rng(1)
    labels = draw.integers(0, 2, 400)
    features = draw.normal(size=(400, 1, 4)) + labels[:, None, None] * 0.5
    folds = np.arange(400) % 10
    fitted = ridge_readout.fit(features[::2], labels[::2], folds[::2], (4,), 2)
    scores = logits(fitted, features[1::2, 0])
    sure = 1 / (1 + np.exp(-np.abs(scores[:, 1] - scores[:, 0])))
    right = scores.argmax(-1) == labels[1::2]
    assert sure.mean() == pytest.approx(right.mean(), abs=0.08)


def test_feature_without_variance_has_no_weight(data):
    features, labels, folds = data
    features = np.concatenate([np.full((CLIPS, VIEWS, 1), 7.0), features], -1)
    fitted = ridge_readout.fit(features, labels, folds, (1, 12, 5), 2)
    assert np.all(fitted.kernel[0] == 0) and np.all(np.isfinite(fitted.kernel))


def test_units_of_a_feature_do_not_matter(data, found):
    features, labels, folds = data
    scale = np.linspace(0.01, 100, features.shape[-1])
    fitted = ridge_readout.fit(features * scale, labels, folds, (12, 5), 3)
    np.testing.assert_allclose(
        logits(fitted, features * scale), logits(found, features), atol=1e-6
    )


def test_one_candidate_is_ridge_regression(data):
    features, labels, folds = data
    features = features[:, :1]
    fitted = ridge_readout.fit(features, labels, folds, (17,), 2, (0.5,))
    rows = features[:, 0]
    x = (rows - rows.mean(0)) / rows.std(0)
    target = np.eye(2)[labels] - np.eye(2)[labels].mean(0)
    ridge = 0.5 * 17 * np.eye(17)
    wanted = x @ np.linalg.solve(x.T @ x + ridge, x.T @ target)
    scores = logits(fitted, rows)
    ratio = (scores - scores.mean(0)) / (wanted - wanted.mean(0))
    np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-6)


def test_many_views_are_averaged_first(monkeypatch, data):
    features, labels, folds = data
    monkeypatch.setattr(ridge_readout, "_MOST_ROWS", 50)
    fitted = ridge_readout.fit(features, labels, folds, (12, 5), 2)
    mean = features.mean(1, keepdims=True)
    wanted = ridge_readout.fit(mean, labels, folds, (12, 5), 2)
    np.testing.assert_allclose(fitted.kernel, wanted.kernel)


def test_random_labels_are_found_as_often_as_the_majority():
    draws = np.random.default_rng(0)
    gains = []
    for _ in range(12):
        labels = draws.integers(0, 2, 40)
        rows = draws.normal(size=(40, 1, 60))
        fitted = ridge_readout.fit(
            rows, labels, np.arange(40) % 5, (20, 20, 20), 2
        )
        gains.append(fitted.accuracy - np.bincount(labels).max() / 40)
    assert np.mean(gains) < 0.0
