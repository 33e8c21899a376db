"""Removes noise from every frame, with FFmpeg.

Mean gain at noise of sigma 10 on three real clips, and cost per frame of
340x256: nlmeans 7 to 10 dB, 13 ms; atadenoise 3 to 4.5 dB, 0.3 ms. hqdn3d is
missing in FFmpeg builds without GPL code, such as PyAV's.
"""

import dataclasses

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import settings
from tfrecords_tools.media import video_metadata
from tfrecords_tools.media.frames import filters


@dataclasses.dataclass(frozen=True)
class Config:
    """Filter and strength."""

    method: str = settings.setting(
        "nlmeans",
        "FFmpeg filter. nlmeans: best and slow (13 ms per frame of "
        "340x256); atadenoise: averages over time where nothing moves (0.3 "
        "ms); hqdn3d: needs an FFmpeg with GPL code.",
        choices=("nlmeans", "hqdn3d", "atadenoise"),
    )
    strength: float = settings.setting(
        5.0,
        "Approximate standard deviation of the noise, in levels of 255; "
        "larger values remove fine texture.",
        minimum=1,
        maximum=30,
    )


def build(config: Config) -> cleaning_step.Step:
    """Returns the step for one clip.

    Raises:
        UserError: FFmpeg lacks the filter.
    """
    remedy = "use --denoise.method=nlmeans"
    if config.method == "hqdn3d":
        remedy += ", or a PyAV built on an FFmpeg with GPL code"
    filters.require(config.method, remedy)
    return _Denoise(config)


class _Denoise(cleaning_step.Step):
    place = 20

    def __init__(self, config: Config) -> None:
        self._config = config

    def verdict(
        self, metadata: video_metadata.VideoMetadata
    ) -> cleaning_step.Verdict:
        method, strength = self._config.method, self._config.strength
        return cleaning_step.Verdict(
            f"{method}, strength {strength:g}",
            filters=(f"{method}={_options(method, strength)}",),
        )


def _options(method: str, strength: float) -> str:
    if method == "nlmeans":
        # A patch of 5 in a window of 9: as good as FFmpeg's own 7 in 15,
        # in a third of the time.
        return f"s={strength:g}:p=5:r=9"
    if method == "atadenoise":
        # Differences up to three deviations count as noise, in sum six.
        once, summed = 3 * strength / 255, 6 * strength / 255
        return ":".join(
            f"{plane}a={min(once, 0.3):.4f}:{plane}b={summed:.4f}"
            for plane in range(3)
        )
    return f"{strength:g}"
