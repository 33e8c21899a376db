"""The head of transformers with a class token."""

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
    """A linear layer on the class token.

    Args:
        config: settings of the backbone; ignored.
        shapes: shapes of the backbone's outputs, including "token".
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
        # Keras before 3.13 refuses unused inputs.
        keras.layers.Identity(name=f"unused_{name}")(features[name])
    return keras.Model(features, logits, name="published_head")
