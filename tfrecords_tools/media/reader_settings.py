"""How frames are picked, shaped and stored: the settings of the reader."""

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
        "Frames a second to keep: those shown at start + k / rate. Not "
        "given: every frame at its own time.",
        minimum=0.001,
        maximum=1000,
    )
    pick: str = settings.setting(
        "all",
        "key takes only the key frames of the file, different only the "
        "first frame and those that change most. Each is shown until the "
        "next one. Not together with frame_rate.",
        choices=frame_picking.CHOICES,
    )
    picked: int = settings.setting(
        8, "Frames to take of a clip with pick=different, at most.", minimum=1
    )
    short_side: int | None = settings.setting(
        256,
        "Short side in pixels that larger frames are scaled down to; never "
        "up. Not looked at where height and width are given.",
        minimum=8,
    )
    height: int | None = settings.setting(
        None,
        "Height in pixels that every frame gets, even; together with width.",
        minimum=8,
    )
    width: int | None = settings.setting(
        None,
        "Width in pixels that every frame gets, even; together with height.",
        minimum=8,
    )
    fit: str = settings.setting(
        "crop",
        "How frames get that height and width: crop scales until they cover "
        "it and cuts out the middle, stretch squeezes them.",
        choices=("crop", "stretch"),
    )
    square_pixels: bool = settings.setting(
        False,
        "Squeeze frames whose pixels are not square (anamorphic video) to "
        "the shape that a player shows.",
    )
    grayscale: bool = settings.setting(
        False, "Store brightness alone; readers see three equal colours."
    )
    storage: str = settings.setting(
        "jpeg",
        "How frames are stored: jpeg, each alone; h264 or h265, packets of "
        "video, a few times smaller and slower to read in random order.",
        choices=("jpeg", *frame_packets.STORAGES),
    )
    quality: int = settings.setting(90, "JPEG quality.", minimum=1, maximum=100)
    crf: int = settings.setting(
        23,
        "Constant rate factor of h264 and h265, 0 is the best. 23 errs about "
        "as much as JPEG of quality 90.",
        minimum=0,
        maximum=51,
    )
    key_every: int = settings.setting(
        16,
        "Frames of h264 and h265 from one that decodes alone to the next; "
        "a frame between them is read together with all since that one.",
        minimum=1,
    )
    max_pixels: int = settings.setting(
        8192 * 4320,
        "Frames with more pixels are refused: a small file can hold a huge "
        "frame.",
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
                    "number, since colours are stored for two pixels each way"
                )
        if self.fit != "crop" and self.height is None:
            raise errors.UserError(
                f"--media.fit={self.fit} says how a given size is reached: "
                "add --media.height and --media.width, or leave it out"
            )

    @property
    def distance_of_keys(self) -> int:
        """Frames from one that decodes alone to the next."""
        return 1 if self.storage == "jpeg" else self.key_every

    @property
    def shape(self) -> frame_planes.Shape:
        """The size that frames are stored in."""
        exact = None if self.height is None else (self.height, self.width)
        return frame_planes.Shape(self.short_side, exact, self.fit == "crop")

    def check_chunk(self, chunk_frames: int) -> None:
        """Raises UserError where a chunk would not begin with a key frame."""
        every = self.distance_of_keys
        if chunk_frames % every:
            raise errors.UserError(
                f"--shards.chunk_frames={chunk_frames} cuts between key "
                f"frames: wanted a multiple of --media.key_every={every}, or "
                "--media.storage=jpeg"
            )

    def as_jpeg(self) -> "Config":
        """The same frames, each a JPEG."""
        return dataclasses.replace(self, storage="jpeg")
