"""Puts public weights into a network, by the loader that users have."""

from collections.abc import Callable, Mapping

import keras
import numpy as np

from video_models.weights import fitting, published_weights


def load(
    network: keras.Model,
    published_name: Callable[[str], str | None],
    named_weights: Mapping[str, np.ndarray],
    outputs_first: bool = True,
) -> set[str]:
    """The names that were used; see `published_weights.load`."""
    rows = published_weights.load(
        fitting.list_targets({"network": network}),
        published_name,
        named_weights,
        outputs_first,
    )
    return {row.source for row in rows if row.source}
