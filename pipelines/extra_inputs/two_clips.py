"""Adds a second clip of the same video, for contrastive learning.

The graph samples and augments it independently of the first one, as
`other_frames` uint8 [T, H, W, 3].

Source: CVRL, arXiv:2008.03800. Differs: the paper draws the distance of the
clips from a decreasing density, then their positions. The distance of two
independent positions has a density that falls linearly to 0 at the length of
the video.
"""

import dataclasses

from tfrecords_tools.base import settings

CLIPS = 2


@dataclasses.dataclass(frozen=True)
class Config:
    """Position of the second clip."""

    same_time: bool = settings.setting(
        False,
        "Sample both clips at the same time, so that only their augmentations "
        "differ.",
    )
