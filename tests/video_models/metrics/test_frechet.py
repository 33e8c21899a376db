import numpy as np
import pytest

from tfrecords_tools.base import errors
from video_models.metrics import frechet


@pytest.fixture
def draw():
    return np.random.default_rng(0)


def gaussian(mean, covariance):
    return frechet.Gaussian(np.float64(mean), np.float64(covariance))


def a_covariance(draw, dimensions):
    root = draw.normal(size=(dimensions, dimensions))
    return root @ root.T


def test_equal_covariances_leave_the_distance_of_the_means(draw):
    covariance = a_covariance(draw, 4)
    one = gaussian([0, 0, 0, 0], covariance)
    other = gaussian([1, 2, 0, -2], covariance)
    assert frechet.distance(one, other) == pytest.approx(9)


def test_diagonal_covariances_differ_by_their_standard_deviations():
    one = gaussian([0, 0, 0], np.diag([1, 4, 9]))
    other = gaussian([0, 0, 0], np.diag([4, 4, 25]))
    assert frechet.distance(one, other) == pytest.approx(1 + 0 + 4)


def test_commuting_covariances_differ_by_the_roots_of_their_eigenvalues(draw):
    turned, _ = np.linalg.qr(draw.normal(size=(3, 3)))
    one = gaussian([0, 0, 0], turned @ np.diag([1, 16, 0]) @ turned.T)
    other = gaussian([0, 0, 0], turned @ np.diag([9, 4, 1]) @ turned.T)
    assert frechet.distance(one, other) == pytest.approx(4 + 4 + 1)


def test_one_dimension_is_the_difference_of_means_and_deviations():
    one, other = gaussian([3], [[4]]), gaussian([0], [[25]])
    assert frechet.distance(one, other) == pytest.approx(9 + 9)


def test_two_dimensions_have_a_closed_form(draw):
    one, other = a_covariance(draw, 2), a_covariance(draw, 2)
    # Of a 2x2 matrix M with eigenvalues of at least 0: tr(M^1/2)² is
    # tr(M) + 2 det(M)^1/2.
    product = one @ other
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    found = frechet.distance(gaussian([0, 0], one), gaussian([0, 0], other))
    assert found == pytest.approx(np.trace(one) + np.trace(other) - 2 * root)


def test_the_order_does_not_matter(draw):
    one = gaussian(draw.normal(size=5), a_covariance(draw, 5))
    other = gaussian(draw.normal(size=5), a_covariance(draw, 5))
    there, back = frechet.distance(one, other), frechet.distance(other, one)
    assert there == pytest.approx(back)


@pytest.mark.parametrize("clips", [2, 10, 200])
def test_a_sample_is_at_0_from_itself(draw, clips):
    sample = frechet.fitted(1000 + draw.normal(size=(clips, 64)))
    assert frechet.distance(sample, sample) == pytest.approx(0, abs=1e-9)


def test_singular_covariances_need_no_repair():
    flat = gaussian([0, 0, 0], np.diag([4, 0, 0]))
    other = gaussian([0, 0, 0], np.diag([0, 9, 0]))
    assert frechet.distance(flat, other) == pytest.approx(4 + 9)


def test_one_constant_sample_is_at_the_spread_of_the_other():
    constant = frechet.fitted(np.zeros((5, 3)))
    other = gaussian([0, 0, 0], np.diag([1, 2, 3]))
    assert frechet.distance(constant, other) == pytest.approx(6)


def test_many_samples_come_near_the_distance_of_their_populations(draw):
    one = draw.normal(size=(20_000, 3)) * [1, 2, 3]
    other = draw.normal(size=(20_000, 3)) * [2, 2, 5] + [1, 0, 0]
    found = frechet.distance(frechet.fitted(one), frechet.fitted(other))
    assert found == pytest.approx(1 + 1 + 0 + 4, rel=0.05)


def test_fewer_clips_of_one_population_seem_farther_apart(draw):
    def apart(clips):
        both = draw.normal(size=(2, clips, 16))
        return frechet.distance(*map(frechet.fitted, both))

    assert apart(40) > 2 * apart(400)


def test_fitted_divides_by_one_less_than_the_clips():
    assert frechet.fitted(np.array([[0.0], [2.0]])).covariance == [[2.0]]


@pytest.mark.parametrize("clips, singular", [(8, True), (9, False)])
def test_as_many_clips_as_dimensions_are_too_few(draw, clips, singular):
    found = frechet.fitted(draw.normal(size=(clips, 8)))
    assert (np.linalg.matrix_rank(found.covariance) < 8) == singular


def test_one_clip_is_refused():
    with pytest.raises(errors.UserError, match="got 1 clip.*at least 2"):
        frechet.fitted(np.zeros((1, 3)))


def test_features_that_are_not_finite_are_refused():
    with pytest.raises(errors.UserError, match="not finite"):
        frechet.fitted(np.array([[0.0], [np.nan]]))
