"""The Fréchet distance between Gaussians fitted to two sets of features.

Distances on features of different networks, or for different numbers of clips,
are not comparable.
"""

from typing import NamedTuple

import numpy as np

from tfrecords_tools.base import errors


class Gaussian(NamedTuple):
    """A Gaussian fitted to features.

    Attributes:
        mean: float64 [D].
        covariance: float64 [D, D], unbiased (divided by clips - 1).
    """

    mean: np.ndarray
    covariance: np.ndarray


def fitted(features: np.ndarray) -> Gaussian:
    """Fits a Gaussian to features.

    Args:
        features: float [N, D], a row per clip; N at least 2.

    Raises:
        UserError: fewer than 2 clips, or features that are not finite.
    """
    features = np.asarray(features, np.float64)
    clips = len(features)
    if clips < 2:
        raise errors.UserError(
            f"got {clips} clip(s) to fit a Gaussian to, wanted at least 2, "
            "and many more for a meaningful distance"
        )
    if not np.isfinite(features).all():
        raise errors.UserError(
            "some features are not finite: the feature network has "
            "diverged; wanted another run"
        )
    mean = features.mean(axis=0)
    centred = features - mean
    return Gaussian(mean, centred.T @ centred / (clips - 1))


def distance(one: Gaussian, other: Gaussian) -> float:
    """|m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½), in squared units of features.

    Fewer clips increase the distance of the same two populations; compare
    equal numbers of clips only.

    Source: Dowson and Landau 1982; as a measure of generated images
    arXiv:1706.08500, of videos arXiv:1812.01717. Differs: the trace of (C1
    C2)^½ is computed as the sum of the singular values of C1^½ C2^½, so that
    singular covariances need no regularisation; the features are not those of
    Inception or I3D, so that values do not compare with published ones.

    Returns:
        At least 0; 0 up to rounding for equal Gaussians.
    """
    apart = float(np.sum((one.mean - other.mean) ** 2))
    roots = _root(one.covariance) @ _root(other.covariance)
    shared = np.linalg.svd(roots, compute_uv=False).sum()
    spread = np.trace(one.covariance) + np.trace(other.covariance)
    return max(0.0, apart + float(spread - 2 * shared))


def _root(covariance: np.ndarray) -> np.ndarray:
    """Returns the symmetric square root of a covariance."""
    values, vectors = np.linalg.eigh(covariance)
    # Rounding errors of 0, whose root would be 1e8 times larger.
    least = len(values) * np.finfo(np.float64).eps * max(0.0, values[-1])
    values = np.where(values > least, values, 0.0)
    return (vectors * np.sqrt(values)) @ vectors.T
