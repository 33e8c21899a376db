"""Adds a second clip of the same video, for contrastive learning.

The graph draws it as it draws the first one, with augmentations of its own,
as `other_frames` uint8 [T, H, W, 3].

Source: CVRL, arXiv:2008.03800. Differs: the paper draws the distance of the
clips from a falling density and then their place; two free places have a
distance whose density falls linearly to 0 at the video's length.
"""

import dataclasses

from tfrecords_tools.base import settings

CLIPS = 2


@dataclasses.dataclass(frozen=True)
class Config:
    """Where the second clip lies."""

    same_time: bool = settings.setting(
        False,
        "Take both clips from one place in time, so that only their "
        "augmentations differ.",
    )
