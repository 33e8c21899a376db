"""Vectors of the modalities, weighted, gated or multiplied."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.families import transformer
from video_models.families.fusion import modalities
from video_models.layers.fusion import learned_rows

ops = keras.ops

SUMMARIZES = True

_NEVER = -1e9


@dataclasses.dataclass(frozen=True)
class Config(modalities.Config):
    """Settings of the fusion of features."""

    kind: str = settings.setting(
        "weighted",
        "weighted: a weight for each modality, by attention; gated: a weight "
        "for each feature of each modality, by all of them (GMU); bilinear: "
        "the product of the modalities.",
        choices=("weighted", "gated", "bilinear"),
    )
    width: int = settings.setting(256, "Features of the answer.", minimum=1)


TINY = Config(kind="gated", width=8)


def build(
    config: Config, shapes: dict[str, modalities.Modality]
) -> keras.Model:
    """Maps each modality's mean over time and space to one width, and joins.

    With x_m the normalised vector of a modality: `weighted` is the sum of a_m
    W_m x_m, where a = softmax over the modalities of v^T tanh(V_m x_m);
    `gated` is that of a_m tanh(W_m x_m), where a is the softmax over the
    modalities of U_m [x_1, x_2, ...], feature by feature, which equals
    GMU (arXiv:1702.01992) for two; differs: GMU's gates of more than two do
    not compete. `bilinear` is the product of tanh(W_m x_m), a bilinear map of
    low rank (arXiv:1610.04325). A missing modality has no weight; in a product
    a trained vector stands for it, 1 at first.

    Args:
        config: kind, width, modality dropout.
        shapes: what the backbones give, by name.

    Returns:
        The inputs of `modalities.inputs` -> float32 [B, 1, width].

    Raises:
        UserError: there are fewer than two modalities.
    """
    given = modalities.inputs(shapes)
    streams = modalities.read(given, shapes, config.dropout)
    vectors = {
        name: transformer.normalize(
            modalities.pool(stream, f"{name}_average"), f"{name}_norm"
        )
        for name, stream in streams.items()
    }
    join = {"weighted": _weighted, "gated": _gated, "bilinear": _product}
    x = join[config.kind](vectors, streams, config.width)
    x = ops.cast(ops.expand_dims(x, 1), "float32")
    return keras.Model(given, x, name="features")


def _weighted(
    vectors: dict[str, keras.KerasTensor],
    streams: dict[str, modalities.Stream],
    width: int,
) -> keras.KerasTensor:
    # One vector for all modalities. No bias: it would change no weight.
    score = keras.layers.Dense(1, use_bias=False, name="score")
    scores = [
        score(keras.layers.Dense(width, "tanh", name=f"{name}_key")(x))
        for name, x in vectors.items()
    ]
    values = [
        keras.layers.Dense(width, name=f"{name}_value")(x)
        for name, x in vectors.items()
    ]
    return _mix(scores, values, streams)


def _gated(
    vectors: dict[str, keras.KerasTensor],
    streams: dict[str, modalities.Stream],
    width: int,
) -> keras.KerasTensor:
    every = ops.concatenate(list(vectors.values()), axis=-1)
    scores = [
        keras.layers.Dense(width, name=f"{name}_gate")(every)
        for name in vectors
    ]
    values = [
        keras.layers.Dense(width, "tanh", name=f"{name}_value")(x)
        for name, x in vectors.items()
    ]
    return _mix(scores, values, streams)


def _mix(
    scores: list[keras.KerasTensor],
    values: list[keras.KerasTensor],
    streams: dict[str, modalities.Stream],
) -> keras.KerasTensor:
    """Sums the values, weighted by a softmax over those that are there.

    If none is there, their biases count alike: a trained constant.
    """
    present = [each.present for each in streams.values()]
    present = ops.stack(present, axis=1)[..., None]
    scores = ops.cast(ops.stack(scores, axis=1), "float32")
    scores = ops.where(present > 0, scores, _NEVER)
    shares = ops.softmax(scores, axis=1)
    values = ops.stack(values, axis=1)
    return ops.sum(ops.cast(shares, values.dtype) * values, axis=1)


def _product(
    vectors: dict[str, keras.KerasTensor],
    streams: dict[str, modalities.Stream],
    width: int,
) -> keras.KerasTensor:
    product = 1.0
    for name, x in vectors.items():
        x = keras.layers.Dense(width, "tanh", name=f"{name}_value")(x)
        if streams[name].can_be_missing:
            stand_in = learned_rows.StandIn("ones", name=f"{name}_missing")
            x = stand_in(x, streams[name].present)
        product = product * x
    return product
