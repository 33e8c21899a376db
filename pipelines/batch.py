"""What a model receives: the names, dtypes and shapes of a batch.

    frames   uint8    [B, T, H, W, 3]
    label    int32    [B], or float32 [B, classes] when soft or several
    mask     float32  [B], 0 for a row that only fills the last batch
    clip_id  int64    [B], number of the clip within its split

In evaluation `frames` is [B, views, T, H, W, 3].
"""

import dataclasses

from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class ClipSpec:
    """The clip that a network sees."""

    frames: int = settings.setting(16, "Frames in a clip.", minimum=1)
    stride: int = settings.setting(
        2,
        "Stored frames from one frame of the clip to the next, for dense "
        "sampling.",
        minimum=1,
    )
    size: int = settings.setting(112, "Height and width in pixels.", minimum=8)
    sampling: str = settings.setting(
        "dense",
        "dense: every stride-th frame from one place; uniform: spread over "
        "the whole stored clip.",
        choices=("dense", "uniform"),
    )
    short_side: int | None = settings.setting(
        None,
        "Short side in pixels that evaluation and serving scale to before "
        "they crop; not given: the size.",
        minimum=8,
    )

    def __post_init__(self):
        if self.short_side is not None and self.short_side < self.size:
            raise errors.UserError(
                f"--clip.short_side={self.short_side} leaves no room for a "
                f"crop of --clip.size={self.size}: wanted at least that"
            )

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """`[T, H, W, 3]` of one clip."""
        return (self.frames, self.size, self.size, 3)

    @property
    def scaled_short_side(self) -> int:
        """What the short side becomes before the evaluation crop, pixels."""
        return self.short_side or self.size
