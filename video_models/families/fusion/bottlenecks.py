"""A layer in which modalities meet through shared tokens."""

import keras

from video_models.families import transformer
from video_models.families.fusion import token_sequences

ops = keras.ops


def exchange(
    sequences: dict[str, token_sequences.Tokens],
    shared: keras.KerasTensor,
    present: dict[str, keras.KerasTensor],
    block: transformer.Block,
    number: int,
) -> tuple[dict[str, token_sequences.Tokens], keras.KerasTensor]:
    """Each modality attends to [x_m, b]; b becomes the modalities' mean.

    Source: MBT, arXiv:2107.00135. A modality without tokens changes b by full
    attention among the tokens of b.

    Args:
        sequences: tokens of the modalities.
        shared: b, [B, bottlenecks, C].
        present: [B] by modality, 0 if it is missing and has no say in b.
        block: settings of the transformer's blocks.
        number: of the layer, part of the names of its weights.

    Returns:
        The new tokens and the new b.
    """
    after, views = {}, []
    for name, (x, mask) in sequences.items():
        count = x.shape[1]
        both = ops.concatenate([x, shared], axis=1)
        seen = ops.concatenate([mask, ops.ones_like(shared[..., 0])], axis=1)
        both = transformer.transform(both, block, 0.0, f"{name}_{number}", seen)
        after[name] = token_sequences.Tokens(both[:, :count], mask)
        views.append(both[:, count:])
    return after, _mean(views, [present[name] for name in sequences])


def _mean(
    views: list[keras.KerasTensor], present: list[keras.KerasTensor]
) -> keras.KerasTensor:
    """Mean of the views of modalities that are there; of all if none is."""
    shares = ops.stack(present, axis=1)
    nothing = ops.max(shares, axis=1, keepdims=True) <= 0
    shares = ops.where(nothing, 1.0, shares)
    shares = shares / ops.sum(shares, axis=1, keepdims=True)
    views = ops.stack(views, axis=1)
    shares = ops.cast(shares, views.dtype)[..., None, None]
    return ops.sum(shares * views, axis=1)
