"""Settings of the reader: how frames are picked, scaled and stored."""

import dataclasses

from tfrecords_tools.base import errors, settings
from tfrecords_tools.media.frames import (
    frame_packets,
    frame_picking,
    frame_planes,
)


@dataclasses.dataclass(frozen=True)
class Config:
    """How frames are picked and stored."""

    frame_rate: float | None = settings.setting(
        None,
        "Frames per second to keep: the frames presented at start + k / "
        "rate. Unset: every frame at its own time.",
        minimum=0.001,
        maximum=1000,
    )
    pick: str = settings.setting(
        "all",
        "all: every frame; key: only key frames of the file; different: the "
        "first frame and those that change most. A picked frame lasts until "
        "the next one. Excludes frame_rate.",
        choices=frame_picking.CHOICES,
    )
    picked: int = settings.setting(
        8, "Maximum frames per clip with pick=different.", minimum=1
    )
    short_side: int | None = settings.setting(
        256,
        "Short side that larger frames are scaled down to, pixels; smaller "
        "frames are not scaled up. Ignored if height and width are set.",
        minimum=8,
    )
    height: int | None = settings.setting(
        None,
        "Height of every stored frame, pixels, even; requires width.",
        minimum=8,
    )
    width: int | None = settings.setting(
        None,
        "Width of every stored frame, pixels, even; requires height.",
        minimum=8,
    )
    fit: str = settings.setting(
        "crop",
        "How frames reach height and width. crop: scale to cover, then cut "
        "out the centre; stretch: change the aspect ratio.",
        choices=("crop", "stretch"),
    )
    square_pixels: bool = settings.setting(
        False,
        "Scale frames with non-square pixels (anamorphic video) to the "
        "shape that a player shows.",
    )
    grayscale: bool = settings.setting(
        False, "Store luma only; readers return three equal colour channels."
    )
    storage: str = settings.setting(
        "jpeg",
        "Encoding of stored frames. jpeg: each frame alone; h264, h265: "
        "video packets, a few times smaller and slower to read in random "
        "order.",
        choices=("jpeg", *frame_packets.STORAGES),
    )
    quality: int = settings.setting(90, "JPEG quality.", minimum=1, maximum=100)
    crf: int = settings.setting(
        23,
        "Constant rate factor of h264 and h265; 0 is best. 23 loses about "
        "as much as JPEG quality 90.",
        minimum=0,
        maximum=51,
    )
    key_every: int = settings.setting(
        16,
        "Distance between key frames of h264 and h265, in frames; reading a "
        "frame decodes all frames since the last key frame.",
        minimum=1,
    )
    max_pixels: int = settings.setting(
        8192 * 4320,
        "Frames with more pixels are refused, since a small file can hold a "
        "huge frame.",
        minimum=256,
    )

    def __post_init__(self):
        frame_picking.check(self.pick, self.frame_rate)
        if (self.height is None) != (self.width is None):
            raise errors.UserError(
                f"--media.height={self.height} and --media.width={self.width}: "
                "wanted both, or neither and --media.short_side"
            )
        for name in ("height", "width"):
            if (getattr(self, name) or 0) % 2:
                raise errors.UserError(
                    f"--media.{name}={getattr(self, name)}: wanted an even "
                    "number, since colours are subsampled by two each way"
                )
        if self.fit != "crop" and self.height is None:
            raise errors.UserError(
                f"--media.fit={self.fit} needs a size: "
                "add --media.height and --media.width, or leave it out"
            )

    @property
    def distance_of_keys(self) -> int:
        """Frames from one key frame to the next."""
        return 1 if self.storage == "jpeg" else self.key_every

    @property
    def shape(self) -> frame_planes.Shape:
        """The size that frames are stored in."""
        exact = None if self.height is None else (self.height, self.width)
        return frame_planes.Shape(self.short_side, exact, self.fit == "crop")

    def check_chunk(self, chunk_frames: int) -> None:
        """Raises UserError if chunks would not start with a key frame."""
        every = self.distance_of_keys
        if chunk_frames % every:
            raise errors.UserError(
                f"--shards.chunk_frames={chunk_frames} cuts between key "
                f"frames: wanted a multiple of --media.key_every={every}, or "
                "--media.storage=jpeg"
            )

    def as_jpeg(self) -> "Config":
        """Returns the same settings with JPEG storage."""
        return dataclasses.replace(self, storage="jpeg")
