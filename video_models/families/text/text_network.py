"""The inputs and outputs that all networks of text share."""

import keras

from pipelines import batch
from video_models.layers.attention import token_embedding

ops = keras.ops


def inputs(text: batch.TextSpec) -> dict[str, keras.KerasTensor]:
    """Returns the inputs of a network of text.

    Args:
        text: tokens of a clip.

    Returns:
        {"tokens": int32 [B, L], "tokens_mask": float32 [B, L]}.
    """
    shape = (text.length,)
    return {
        "tokens": keras.Input(shape, dtype="int32", name="tokens"),
        "tokens_mask": keras.Input(shape, dtype="float32", name="tokens_mask"),
    }


def build(
    inputs: dict[str, keras.KerasTensor],
    x: keras.KerasTensor,
    token: keras.KerasTensor | None,
    name: str,
) -> keras.Model:
    """Builds the network from its inputs and what was made of them.

    Args:
        inputs: as `inputs` returns them.
        x: [B, L, C], a vector per token.
        token: [B, C], a vector of the whole text; None: the mean of `x`
            without padding.
        name: name of the network.

    Returns:
        `inputs` -> {"volume": [B, L, 1, 1, C], 0 for padding, "token": [B, C],
        "mask": float32 [B, L]}.
    """
    mask = inputs["tokens_mask"]
    if token is None:
        token = token_embedding.masked_mean(x, mask)
    length, width = x.shape[1:]
    volume = token_embedding.without_padding(x, mask)
    outputs = {
        "volume": ops.reshape(volume, (-1, length, 1, 1, width)),
        "token": token,
        "mask": keras.layers.Identity(dtype="float32", name="mask")(mask),
    }
    return keras.Model(inputs, outputs, name=name)
