"""The modalities of a clip, as every fusion takes them.

What is missing is masked here, once; no fusion sees what stands in its place.
"""

import dataclasses
from typing import NamedTuple

import keras

from tfrecords_tools.base import errors, settings
from video_models import network_inputs
from video_models.layers.fusion import modality_dropout, time_average

ops = keras.ops

ALWAYS = network_inputs.FRAMES  # The modality that no clip lacks.


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings shared by all fusions."""

    dropout: float = settings.setting(
        0.0,
        "Modality dropout: rate at which a whole modality of a clip is hidden "
        "in training, never all of them. Required for good answers where a "
        "modality is missing.",
        minimum=0.0,
        maximum=0.9,
    )
    unimodal: float = settings.setting(
        0.0,
        "Weight in the loss of a head for each modality alone; 0: none.",
        minimum=0.0,
    )


@dataclasses.dataclass(frozen=True)
class Modality:
    """What a backbone gives of one modality.

    Attributes:
        shape: `(t, h, w, C)` of its volume.
        seconds: centre of the first time step and distance of the time steps,
            in seconds from the first frame; None: unknown, or not constant.
    """

    shape: tuple[int, int, int, int]
    seconds: tuple[float, float] | None = None


class Stream(NamedTuple):
    """One modality of a batch.

    Attributes:
        volume: float32 [B, t, h, w, C], 0 where `mask` is.
        mask: float32 [B, t], 0 for padding and if the modality is missing.
        present: float32 [B], 0 if the modality is missing or hidden.
        can_be_missing: whether `present` is ever 0.
    """

    volume: keras.KerasTensor
    mask: keras.KerasTensor
    present: keras.KerasTensor
    can_be_missing: bool


def inputs(modalities: dict[str, Modality]) -> dict[str, keras.KerasTensor]:
    """Creates the inputs of a fusion.

    Args:
        modalities: by their names, the first one first.

    Returns:
        float32: each volume by its name, `has_<name>` [B] of all but frames,
        and `text_mask` [B, t].

    Raises:
        UserError: there are fewer than two modalities.
    """
    if len(modalities) < 2:
        raise errors.UserError(
            f"a fusion of {', '.join(modalities) or 'nothing'}: wanted two "
            "modalities or more, as in --modalities=frames,audio, or no "
            "--fusion"
        )
    found = {}
    for name, modality in modalities.items():
        found[name] = keras.Input(modality.shape, name=name)
        if name != ALWAYS:
            has = network_inputs.has(name)
            found[has] = keras.Input((), name=has)
        if name == network_inputs.TEXT:
            found["text_mask"] = keras.Input(
                modality.shape[:1], name="text_mask"
            )
    return found


def read(
    given: dict[str, keras.KerasTensor],
    modalities: dict[str, Modality],
    dropout: float = 0.0,
) -> dict[str, Stream]:
    """Masks what is missing, what is padding and what dropout hides.

    Args:
        given: the `inputs`.
        modalities: by their names.
        dropout: rate at which a modality of a clip is hidden in training.

    Returns:
        The streams by the names of the modalities, in their order.
    """
    steps = {name: _steps(given, name) for name in modalities}
    # A text of padding alone is missing, too.
    present = ops.stack(
        [_presence(given, name, steps[name]) for name in modalities], axis=1
    )
    if dropout:
        present = modality_dropout.ModalityDropout(
            dropout, dtype="float32", name="modality_dropout"
        )(present)
    found = {}
    for number, name in enumerate(modalities):
        there = present[:, number]
        mask = steps[name] * there[:, None]
        volume = ops.where(mask[..., None, None, None] > 0, given[name], 0.0)
        can_be_missing = dropout > 0 or name != ALWAYS
        found[name] = Stream(volume, mask, there, can_be_missing)
    return found


def pool(stream: Stream, name: str) -> keras.KerasTensor:
    """Averages a stream over its time steps and places.

    Args:
        stream: of a modality.
        name: of the layer.

    Returns:
        float32 [B, C], 0 if the modality is missing.
    """
    x = ops.mean(stream.volume, axis=(2, 3))
    average = time_average.TimeAverage(1, dtype="float32", name=name)
    return average(x, stream.mask)[0][:, 0]


def _steps(given: dict[str, keras.KerasTensor], name: str) -> keras.KerasTensor:
    """float32 [B, t], 0 for padding."""
    if name == network_inputs.TEXT:
        return ops.cast(given["text_mask"] > 0, "float32")
    return ops.ones_like(given[name][:, :, 0, 0, 0])


def _presence(
    given: dict[str, keras.KerasTensor], name: str, steps: keras.KerasTensor
) -> keras.KerasTensor:
    """float32 [B], 0 if the modality is missing."""
    some = ops.max(steps, axis=1)
    if name == ALWAYS:
        return some
    return some * ops.cast(given[network_inputs.has(name)] > 0, "float32")
