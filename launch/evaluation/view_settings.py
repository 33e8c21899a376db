"""The test-time views of an evaluation."""

import dataclasses

from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Test-time views."""

    views: int = settings.setting(
        1, "Evenly spaced clips per video; scores are averaged.", minimum=1
    )
    crops: int = settings.setting(
        1,
        "Crops per view: 1 is the centre crop, more are spread evenly along "
        "the long side; scores are averaged.",
        minimum=1,
    )
    batch_size: int | None = settings.setting(
        None,
        "Clips per batch. Unset: as in training; on a CPU fewer for networks "
        "with large activations.",
        minimum=1,
    )
