"""How samples were measured, and that only like is compared with like.

A Fréchet distance changes with the network, the clips and their number; so
figures are kept together with all that they depend on.
"""

import dataclasses
import json
import pathlib
from typing import Any

from pipelines import batch
from tfrecords_tools.base import atomic_write, errors


@dataclasses.dataclass(frozen=True)
class Protocol:
    """All that figures depend on, but for the samples.

    Attributes:
        features: fingerprint of the network that gives features.
        classifier: of the one that recognises labels; None: none does.
        real: SHA-256 of the shards that the real clips come from.
        frames: of a clip.
        size: height and width, pixels.
        short_side: what the short side of real frames was scaled to.
        sampling: how frames are chosen, with stored frames or seconds from
            one to the next.
        frame_rate: that real clips were stored at, frames a second; None:
            each at its own.
        clips: how many stand on each side of every distance.
        k: the neighbour whose distance says what is near.
        seed: that chose the clips and the order of shuffled frames.
    """

    features: str
    classifier: str | None
    real: str
    frames: int
    size: int
    short_side: int
    sampling: str
    frame_rate: float | None
    clips: int
    k: int
    seed: int


@dataclasses.dataclass(frozen=True)
class Measured:
    """Figures with their protocol.

    Attributes:
        protocol: how they came about.
        values: those of `samples`, `real` and `shuffled` by their names, see
            `generation_metrics`.
    """

    protocol: Protocol
    values: dict[str, dict[str, float]]

    def to_json(self) -> str:
        """The text of a file of figures."""
        return json.dumps(dataclasses.asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Measured":
        """The inverse of `to_json`; ValueError where it is not one."""
        loaded = json.loads(text)
        try:
            protocol, values = Protocol(**loaded["protocol"]), loaded["values"]
        except (TypeError, KeyError) as error:
            raise ValueError(f"no figures of samples: {error}") from error
        return cls(protocol, values)


def sampling_of(clip: batch.ClipSpec) -> str:
    """`dense, 2 stored frames`, `dense, 0.04 s`, `uniform`, `segments`."""
    if clip.sampling != "dense":
        return clip.sampling
    if clip.by_time:
        return f"dense, {clip.stride_seconds:g} s"
    return f"dense, {clip.stride} stored frames"


def write(path: str | pathlib.Path, measured: Measured) -> None:
    """Writes figures, whole or not at all."""
    with atomic_write.file(path, "w") as stream:
        stream.write(measured.to_json())


def read(path: str | pathlib.Path) -> Measured:
    """Reads what `write` wrote; UserError where that is not there."""
    try:
        return Measured.from_json(pathlib.Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise errors.UserError(
            f"cannot read figures from {path} ({error}): wanted a file that "
            "launch.evaluate_generation --output wrote"
        ) from error


def compare(one: Protocol, other: Protocol) -> None:
    """Raises UserError, naming every difference, where protocols differ."""
    differ = [
        f"{field.name} {_shown(a)} and {_shown(b)}"
        for field in dataclasses.fields(Protocol)
        if (a := getattr(one, field.name)) != (b := getattr(other, field.name))
    ]
    if differ:
        raise errors.UserError(
            f"figures of different protocols: {'; '.join(differ)}. They "
            "cannot be compared: measure both in the same way"
        )


def _shown(value: Any) -> str:
    return value[:32] if isinstance(value, str) else str(value)
