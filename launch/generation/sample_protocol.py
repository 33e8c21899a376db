"""The protocol of a measurement: only equal protocols are comparable.

A Fréchet distance depends on the network, the clips and their number, so
metrics are stored with everything that they depend on.
"""

import dataclasses
import json
import pathlib
from typing import Any

from pipelines import batch
from tfrecords_tools.base import atomic_write, errors


@dataclasses.dataclass(frozen=True)
class Protocol:
    """Everything that metrics depend on, except the samples.

    Attributes:
        features: fingerprint of the feature network.
        classifier: fingerprint of the classifier; None without one.
        real: SHA-256 of the shards of the real clips.
        frames: per clip.
        size: height and width, pixels.
        short_side: of real frames after scaling, pixels.
        sampling: how frames are sampled, with the stride in stored frames or
            seconds.
        frame_rate: of the stored real clips, frames per second; None if each
            keeps its own.
        clips: number of clips on each side of every distance.
        k: nearest neighbours of precision and recall.
        seed: of the clips and of the order of shuffled frames.
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
    """Metrics with their protocol.

    Attributes:
        protocol: how they were measured.
        values: `samples`, `real` and `shuffled` to their metrics, see
            `generation_metrics`.
    """

    protocol: Protocol
    values: dict[str, dict[str, float]]

    def to_json(self) -> str:
        """The text of a metrics file."""
        return json.dumps(dataclasses.asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Measured":
        """The inverse of `to_json`; ValueError for other text."""
        loaded = json.loads(text)
        try:
            protocol, values = Protocol(**loaded["protocol"]), loaded["values"]
        except (TypeError, KeyError) as error:
            raise ValueError(f"not metrics of samples: {error}") from error
        return cls(protocol, values)


def sampling_of(clip: batch.ClipSpec) -> str:
    """`dense, 2 stored frames`, `dense, 0.04 s`, `uniform`, `segments`."""
    if clip.sampling != "dense":
        return clip.sampling
    if clip.by_time:
        return f"dense, {clip.stride_seconds:g} s"
    return f"dense, {clip.stride} stored frames"


def write(path: str | pathlib.Path, measured: Measured) -> None:
    """Writes metrics atomically."""
    with atomic_write.file(path, "w") as stream:
        stream.write(measured.to_json())


def read(path: str | pathlib.Path) -> Measured:
    """Reads a file of `write`; UserError if it is missing or invalid."""
    try:
        return Measured.from_json(pathlib.Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise errors.UserError(
            f"cannot read metrics from {path} ({error}): wanted an --output "
            "file of launch.evaluate_generation"
        ) from error


def compare(one: Protocol, other: Protocol) -> None:
    """Raises UserError with every difference if protocols differ."""
    differ = [
        f"{field.name} {_shown(a)} and {_shown(b)}"
        for field in dataclasses.fields(Protocol)
        if (a := getattr(one, field.name)) != (b := getattr(other, field.name))
    ]
    if differ:
        raise errors.UserError(
            f"metrics of different protocols: {'; '.join(differ)}. They "
            "are not comparable: measure both with one protocol"
        )


def _shown(value: Any) -> str:
    return value[:32] if isinstance(value, str) else str(value)
