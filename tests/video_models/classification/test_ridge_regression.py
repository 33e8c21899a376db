"""Ridge regression in closed form."""

import numpy as np
import pytest

from video_models.classification import ridge_regression

PENALTIES = (0.03, 1.0, 30.0)


@pytest.mark.parametrize("penalties", [PENALTIES, PENALTIES[:1]])
def test_solutions_solve_their_equations(penalties):
    draw = np.random.default_rng(0)
    rows, targets = draw.normal(size=(9, 4)), draw.normal(size=(9, 2))
    gram = rows @ rows.T  # Of rank 4.
    found = ridge_regression.solve(gram, targets, penalties)
    for solution, penalty in zip(found, penalties, strict=True):
        np.testing.assert_allclose(
            gram @ solution + penalty * solution, targets, atol=1e-12
        )


def test_features_are_scaled_over_clips_and_views():
    rows = np.random.default_rng(0).normal(5, 3, (6, 4, 2))
    mean, deviation = ridge_regression.scaling(rows)
    np.testing.assert_allclose(mean, rows.mean((0, 1)))
    np.testing.assert_allclose(deviation, rows.std((0, 1)))


def test_a_feature_that_never_changes_says_nothing():
    rows = np.full((7, 1), 0.1, np.float32)
    mean, deviation = ridge_regression.scaling(rows)
    assert ((rows - mean) / deviation == 0).all()
