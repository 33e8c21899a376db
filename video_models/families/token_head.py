"""The head of transformers that have a class token."""

from typing import Any

import keras

from video_models.families import transformer
from video_models.layers import randomness


def published_head(
    config: Any,
    shapes: dict[str, tuple[int, ...]],
    classes: int,
    dropout: float | None,
) -> keras.Model:
    """A linear layer on the class token; no dropout where none is asked.

    Args:
        config: of the backbone; not looked at.
        shapes: of all that the backbone gives, "token" among it.
        classes: number of logits.
        dropout: share of features dropped in training; None: none.

    Returns:
        {"token": [B, C], ...} -> logits float32 [B, classes].
    """
    del config
    features = {name: keras.Input(shapes[name], name=name) for name in shapes}
    x = randomness.Dropout(dropout or 0.0, name="head_dropout")(
        features["token"]
    )
    logits = keras.layers.Dense(
        classes,
        kernel_initializer=transformer.small(),
        dtype="float32",
        name="logits",
    )(x)
    for name in set(features) - {"token"}:
        # Keras before 3.13 refuses inputs that nothing takes.
        keras.layers.Identity(name=f"unused_{name}")(features[name])
    return keras.Model(features, logits, name="published_head")
