"""The settings of MoViNet, and what they mean where they are not given."""

import dataclasses
from typing import NamedTuple

from tfrecords_tools.base import settings
from video_models.families.movinet import movinet_specs
from video_models.layers import normalization


class Style(NamedTuple):
    """What all blocks of a network have in common.

    Attributes:
        causal: whether no frame sees those after it.
        conv: "3d", or "2plus1d", space before time.
        squeeze: what channels are weighed by: "3d", the whole clip or past;
            "2d", their own frame; "2plus3d", both; or "none".
        activation: "swish" or "hard_swish".
        positions: whether the weighing knows the number of a frame.
        norm: one of `normalization.KINDS`.
    """

    causal: bool
    conv: str
    squeeze: str
    activation: str
    positions: bool
    norm: str


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of MoViNet."""

    variant: str = settings.setting(
        "a0", "Size.", choices=tuple(movinet_specs.SPECS)
    )
    causal: bool = settings.setting(
        False, "Whether no frame sees those after it; a stream wants that."
    )
    conv: str | None = settings.setting(
        None,
        "Convolutions over time and space: 3d, in one; 2plus1d, first over "
        "space, then over time; not given: 2plus1d where causal, else 3d.",
        choices=("3d", "2plus1d"),
    )
    squeeze: str | None = settings.setting(
        None,
        "What channels are weighed by: 3d, the whole clip, or its past where "
        "causal; 2d, their own frame; 2plus3d, both; none; not given: "
        "2plus3d where causal, else 3d.",
        choices=("3d", "2d", "2plus3d", "none"),
    )
    activation: str | None = settings.setting(
        None,
        "Activation; hard_swish is swish made of straight lines; not given: "
        "hard_swish where causal, else swish.",
        choices=("swish", "hard_swish"),
    )
    head_activation: str = settings.setting(
        "swish",
        "Activation in the published head.",
        choices=("swish", "hard_swish"),
    )
    positions: bool | None = settings.setting(
        None,
        "Whether the weighing of channels knows the number of a frame; not "
        "given: in causal a3, a4 and a5.",
    )
    width: float = settings.setting(
        1.0,
        "Share of the published channels.",
        minimum=0.01,
        maximum=4.0,
    )
    stages: int = settings.setting(
        5,
        "Stages; each but the fourth halves the frame. 5 is the published "
        "network, fewer are for small frames.",
        minimum=1,
        maximum=5,
    )
    blocks: int | None = settings.setting(
        None, "Most blocks of a stage; not given: as published.", minimum=1
    )
    stochastic_depth: float = settings.setting(
        0.2,
        "Share of the clips that skip the last block in training; fewer "
        "skip those before it.",
        minimum=0.0,
        maximum=0.9,
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


def style(config: Config) -> Style:
    """What was not given is as in the released networks."""
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
