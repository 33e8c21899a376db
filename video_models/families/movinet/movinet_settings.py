"""The settings of MoViNet and their defaults."""

import dataclasses
from typing import NamedTuple

from tfrecords_tools.base import settings
from video_models.families.movinet import movinet_specs
from video_models.layers import normalization
from video_models.pretrained import backbone_weights


class Style(NamedTuple):
    """Settings shared by all blocks of a network.

    Attributes:
        causal: whether no frame sees later frames.
    conv: "3d", or "2plus1d", space before time.
    squeeze: extent of squeeze-and-excitation: "3d", the clip or its past;
        "2d", each frame; "2plus3d", both; or "none".
    activation: "swish" or "hard_swish".
    positions: whether it has frame numbers as positions.
    norm: one of `normalization.KINDS`.
    """

    causal: bool
    conv: str
    squeeze: str
    activation: str
    positions: bool
    norm: str


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of MoViNet."""

    variant: str = settings.setting(
        "a0", "Size.", choices=tuple(movinet_specs.SPECS)
    )
    causal: bool = settings.setting(
        False, "Causal: no frame sees later frames; required for streaming."
    )
    conv: str | None = settings.setting(
        None,
        "Convolutions over space and time: 3d, joint; 2plus1d, space then "
        "time; unset: 2plus1d if causal, else 3d.",
        choices=("3d", "2plus1d"),
    )
    squeeze: str | None = settings.setting(
        None,
        "Extent of squeeze-and-excitation: 3d, the whole clip (its past if "
        "causal); 2d, each frame; 2plus3d, both; none; unset: 2plus3d if "
        "causal, else 3d.",
        choices=("3d", "2d", "2plus3d", "none"),
    )
    activation: str | None = settings.setting(
        None,
        "Activation; hard_swish approximates swish piecewise linearly; "
        "unset: hard_swish if causal, else swish.",
        choices=("swish", "hard_swish"),
    )
    head_activation: str = settings.setting(
        "swish",
        "Activation of the published head.",
        choices=("swish", "hard_swish"),
    )
    positions: bool | None = settings.setting(
        None,
        "Add the frame number as a position to squeeze-and-excitation; "
        "unset: only in causal a3, a4 and a5.",
    )
    width: float = settings.setting(
        1.0,
        "Multiplier of the published channel counts.",
        minimum=0.01,
        maximum=4.0,
    )
    stages: int = settings.setting(
        5,
        "Number of stages; each but the fourth halves height and width. 5 "
        "is the published network, fewer suit small frames.",
        minimum=1,
        maximum=5,
    )
    blocks: int | None = settings.setting(
        None,
        "Maximum number of blocks per stage; unset: as published.",
        minimum=1,
    )
    stochastic_depth: float = settings.setting(
        0.2,
        "Stochastic depth: rate at which the last block is skipped per clip "
        "in training; less in earlier blocks.",
        minimum=0.0,
        maximum=0.9,
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


def style(config: Config) -> Style:
    """Resolves unset values to those of the released networks."""
    causal = config.causal
    positions = config.positions
    if positions is None:
        positions = config.variant in ("a3", "a4", "a5")
    return Style(
        causal=causal,
        conv=config.conv or ("2plus1d" if causal else "3d"),
        squeeze=config.squeeze or ("2plus3d" if causal else "3d"),
        activation=config.activation or ("hard_swish" if causal else "swish"),
        positions=positions and causal,
        norm=config.norm,
    )
