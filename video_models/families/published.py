"""Reference figures of published networks, and their usual head."""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras

from pipelines import batch
from video_models.layers import randomness


@dataclasses.dataclass(frozen=True)
class Network:
    """One published network; a backbone's file lists its own as `PUBLISHED`.

    Attributes:
        config: settings of the backbone.
        frames: frames of the published clip.
        size: height and width of the published clip, pixels.
        classes: number of classes.
        parameters: trainable parameters, including the head.
        multiply_adds: per clip, including the head; None if unpublished.
    """

    config: Any
    frames: int
    size: int
    classes: int
    parameters: int
    multiply_adds: float | None = None


@dataclasses.dataclass(frozen=True)
class TextNetwork:
    """One published network of text; a text backbone's file lists its own.

    Attributes:
        config: settings of the text backbone.
        vocabulary: number of different tokens.
        parameters: trainable parameters.
    """

    config: Any
    vocabulary: int
    parameters: int


@dataclasses.dataclass(frozen=True)
class AudioNetwork:
    """One published network of audio; an audio backbone's file lists its own.

    Attributes:
        config: settings of the audio backbone.
        audio: the published input.
        parameters: all parameters, untrained positions included.
    """

    config: Any
    audio: batch.AudioSpec
    parameters: int


def average_and_classify(
    volume: tuple[int, ...], classes: int, dropout: float
) -> keras.Model:
    """Mean over time and space, dropout, linear layer.

    Args:
        volume: `(t, h, w, C)`.
        classes: number of logits.
        dropout: dropout rate of the features.

    Returns:
        {"volume": [B, t, h, w, C]} -> logits float32 [B, classes].
    """
    x = keras.Input(volume, name="volume")
    features = {"volume": x}
    x = keras.ops.mean(x, axis=(1, 2, 3))
    x = randomness.Dropout(dropout, name="head_dropout")(x)
    logits = keras.layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model(features, logits, name="published_head")


def head(
    classify: Callable[[tuple[int, ...], int, float], keras.Model],
    usual_dropout: float,
) -> Callable[..., keras.Model]:
    """Returns the `published_head` function of a backbone's file.

    Args:
        classify: such as `average_and_classify`.
        usual_dropout: dropout rate of the published network.

    Returns:
        A function (config, shapes, classes, dropout) -> network; a dropout of
        None means the usual one.
    """

    def published_head(
        config: Any,
        shapes: dict[str, tuple[int, ...]],
        classes: int,
        dropout: float | None,
    ) -> keras.Model:
        del config
        dropout = usual_dropout if dropout is None else dropout
        return classify(shapes["volume"], classes, dropout)

    return published_head
