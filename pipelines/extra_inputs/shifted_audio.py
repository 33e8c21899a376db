"""Adds audio of the same video, some seconds off: a hard negative.

A network that tells it from the audio of the frames must hear what happens
when. The graph cuts it as `shifted_audio`, with the shape of the audio entry,
and `has_shifted_audio`, 0 where the video is too short or silent there.

Source: the negatives of Korbar et al., arXiv:1807.00230. Differs: the distance
is fixed; only the direction is drawn.
"""

import dataclasses

from tfrecords_tools.base import settings

SHIFTS_AUDIO = True


@dataclasses.dataclass(frozen=True)
class Config:
    """Distance of the second cut."""

    seconds: float = settings.setting(
        1.0,
        "Distance from the audio of the frames, seconds: later or earlier at "
        "random, whichever lies within the video; in evaluation later, if "
        "possible.",
        minimum=0.01,
    )
