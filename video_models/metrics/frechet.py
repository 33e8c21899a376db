"""The Fréchet distance between two samples of features, each a Gaussian.

Whose features, and of which clips, is said where they are made: distances on
the features of different networks, or of different numbers of clips, cannot
be compared.
"""

from typing import NamedTuple

import numpy as np

from tfrecords_tools.base import errors


class Gaussian(NamedTuple):
    """A Gaussian fitted to features.

    Attributes:
        mean: float64 [D].
        covariance: float64 [D, D], of the population: divided by clips - 1.
    """

    mean: np.ndarray
    covariance: np.ndarray


def fitted(features: np.ndarray) -> Gaussian:
    """The mean and covariance of features.

    Args:
        features: float [N, D], a row a clip; N at least 2.

    Raises:
        UserError: fewer than 2 clips, or features that are not finite.
    """
    features = np.asarray(features, np.float64)
    clips = len(features)
    if clips < 2:
        raise errors.UserError(
            f"got {clips} clip(s) to fit a Gaussian to, wanted at least 2, "
            "and many more for a distance that means something"
        )
    if not np.isfinite(features).all():
        raise errors.UserError(
            "some features are not finite: the network that gives them has "
            "diverged; wanted another run"
        )
    mean = features.mean(axis=0)
    centred = features - mean
    return Gaussian(mean, centred.T @ centred / (clips - 1))


def distance(one: Gaussian, other: Gaussian) -> float:
    """|m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½), in squared units of features.

    Fewer clips give a larger value for the same two populations, so only
    distances of equal numbers of clips can be compared.

    Source: Dowson and Landau 1982; as a measure of generated images
    arXiv:1706.08500, of videos arXiv:1812.01717. Differs: the trace of
    (C1 C2)^½ is the sum of the singular values of C1^½ C2^½, so nothing has
    to be added to covariances that are singular; the features are not those
    of Inception or I3D, and its values stand beside no published ones.

    Returns:
        At least 0; 0 for equal Gaussians, but for rounding.
    """
    apart = float(np.sum((one.mean - other.mean) ** 2))
    roots = _root(one.covariance) @ _root(other.covariance)
    shared = np.linalg.svd(roots, compute_uv=False).sum()
    spread = np.trace(one.covariance) + np.trace(other.covariance)
    return max(0.0, apart + float(spread - 2 * shared))


def _root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric square root of a covariance."""
    values, vectors = np.linalg.eigh(covariance)
    # What rounding alone may leave of 0: its root would be 1e8 times larger.
    least = len(values) * np.finfo(np.float64).eps * max(0.0, values[-1])
    values = np.where(values > least, values, 0.0)
    return (vectors * np.sqrt(values)) @ vectors.T
