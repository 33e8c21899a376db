"""The network of the flags, for its published clip by default."""

import dataclasses
from typing import Any, NamedTuple

import keras

from pipelines import batch
from pipelines.audio import audio_features
from tfrecords_tools.base import registry, settings
from video_models import modality_features, objective, video_network
from video_models.families import published

_CLASSES = 400  # Of Kinetics-400.
_OF_TRAINING = (
    "stochastic_depth",
    "weights",
)  # No effect on the network itself.


@dataclasses.dataclass(frozen=True)
class Clip(batch.ClipSpec):
    """The clip; only its shape matters here."""

    frames: int | None = settings.setting(
        None, "Frames per clip. Unset: as published, else 16.", minimum=1
    )
    size: int | None = settings.setting(
        None,
        "Height and width in pixels. Unset: as published, else 112.",
        minimum=8,
    )

    def __post_init__(self):
        """Skips the checks: frames and size may still be unset."""


class Heard(NamedTuple):
    """The audio of clips.

    Attributes:
        config: audio features.
        rate: samples per second.
    """

    config: audio_features.Config
    rate: int


class DescribedNetwork(NamedTuple):
    """A network that can be built.

    Attributes:
        backbone: a file of `video_models.backbones`; None for a network that
            sees no frames.
        temporal: a file of `video_models.temporal`.
        head: a file of `video_models.heads`.
        clip: of its input.
        classes: of its head.
        row: the nearest published network; None without one.
        further: what it sees besides frames; None: frames alone.
    """

    backbone: registry.Chosen | None
    temporal: registry.Chosen
    head: registry.Chosen
    clip: batch.ClipSpec
    classes: int
    row: published.Network | None
    further: modality_features.Further | None = None

    @property
    def encoders(self) -> dict[str, str]:
        """Component to the file that encodes what the network sees, and the
        fusion."""
        found = {"backbone": self.backbone}
        if self.further is not None:
            names = "audio_backbone", "text_backbone", "fusion"
            found |= {name: getattr(self.further, name) for name in names}
        return {name: each.name for name, each in found.items() if each}

    @property
    def variant(self) -> str | None:
        """The variant of the backbone, if it has variants."""
        config = self.backbone and self.backbone.config
        return getattr(config, "variant", None)

    @property
    def is_published(self) -> bool:
        """Whether it is the published network, for the published clip."""
        if self.row is None or self.head.name != "published":
            return False
        same = all(
            getattr(self.row.config, field.name) == value
            for field, value in _fields(self.backbone.config)
            if field.name not in _OF_TRAINING
        )
        shape = self.row.frames, self.row.size, self.row.classes
        return same and (*self.clip.shape[:2], self.classes) == shape

    def build(self) -> keras.Model:
        """Builds the network.

        Raises:
            UserError: the components and the clip do not fit one another.
        """
        components = self.backbone, self.temporal, self.head
        return video_network.build(
            *components, self.clip, self.classes, self.further
        )


def resolve(
    components: objective.Components,
    clip: Clip,
    classes: int | None,
    heard: Heard | None = None,
    text: batch.TextSpec | None = None,
) -> DescribedNetwork:
    """The network of the components; unset values are as published.

    Args:
        components: backbones, fusion, temporal block and head.
        clip: its set values.
        classes: of the head; None for unset.
        heard: audio of the clips; None for none.
        text: of the clips; None for none.

    Raises:
        UserError: the length of the audio is unknown.
    """
    backbone, row = components.backbone, None
    if backbone is not None:
        shape = {
            "frames": clip.frames, "size": clip.size, "classes": classes
        }  # fmt: skip
        row = _nearest(backbone, shape)
        if components.head.name != "published" and backbone.module.FRAMES_ALONE:
            row = None  # Published for single images.
    usual = batch.ClipSpec()
    spec = batch.ClipSpec(
        frames=clip.frames or (row or usual).frames,
        size=clip.size or (row or usual).size,
        stride_seconds=clip.stride_seconds,
    )
    audio = None
    if components.audio_backbone is not None:
        audio = audio_features.spec(heard.config, spec, heard.rate)
    return DescribedNetwork(
        backbone,
        components.temporal,
        components.head,
        spec,
        classes or (row.classes if row else _CLASSES),
        row,
        components.further(audio, text),
    )


def _nearest(
    backbone: registry.Chosen, shape: dict[str, int | None]
) -> published.Network | None:
    """The row of the variant with the fewest differing settings, then sizes."""
    rows = backbone.module.PUBLISHED

    def differences(row: published.Network) -> tuple[int, int]:
        settings_apart = sum(
            getattr(row.config, field.name) != value
            for field, value in _fields(backbone.config)
        )
        numbers_apart = sum(
            value not in (None, getattr(row, name))
            for name, value in shape.items()
        )
        return settings_apart, numbers_apart

    variant = getattr(backbone.config, "variant", None)
    candidates = [
        r for r in rows if getattr(r.config, "variant", None) == variant
    ]
    return min(candidates, key=differences, default=None)


def _fields(config: Any) -> list[tuple[dataclasses.Field, Any]]:
    fields = dataclasses.fields(config)
    return [(field, getattr(config, field.name)) for field in fields]
