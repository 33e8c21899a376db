"""What a model receives: the names, dtypes and shapes of a batch.

    frames        uint8    [B, T, H, W, 3]
    label         int32    [B], -1 for none; or float32 [B, classes] when soft
                           or several; `label.<task>` for further label sets
    mask          float32  [B], 0 for a row that only fills the last batch, or
                           could not be read
    clip_id       int64    [B], number of the clip within its split

where asked for:

    waveform      float32  [B, samples]
    spectrogram   float32  [B, columns, bins]
    voice         float32  [B, columns], or [B, samples] beside a waveform
    tokens        int32    [B, L]
    tokens_mask   float32  [B, L]
    other_frames  uint8    [B, T, H, W, 3], of the same video
    patch_mask    bool     [B, t, h, w], True where hidden
    low_frames    uint8    [B, T, h, w, 3]

In evaluation an axis of views comes after B, but for labels, mask and id.
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
    stride_seconds: float | None = settings.setting(
        None,
        "Seconds from one frame of the clip to the next, for dense sampling: "
        "the same motion whatever the frame rate; not given: the stride "
        "counts stored frames.",
        minimum=0.001,
    )
    speed_jitter: float = settings.setting(
        0.0,
        "Training multiplies the stride of dense sampling by a random factor "
        "from 1/(1+jitter) to 1+jitter; 0: never.",
        minimum=0.0,
    )
    size: int = settings.setting(112, "Height and width in pixels.", minimum=8)
    sampling: str = settings.setting(
        "dense",
        "dense: one stride after another from one place; uniform: spread "
        "evenly over the whole stored clip; segments: in training a random "
        "frame of each of as many equal parts, in evaluation their centres.",
        choices=("dense", "uniform", "segments"),
    )
    short: str = settings.setting(
        "loop",
        "What becomes of a video that is shorter than its clip. loop: it "
        "begins again; pad: its last frame stays; refuse: an error. Where "
        "frames are spread, loop and pad show each as often as it takes.",
        choices=("loop", "pad", "refuse"),
    )
    short_side: int | None = settings.setting(
        None,
        "Short side in pixels that evaluation and serving scale to before "
        "they crop; not given: the size.",
        minimum=8,
    )

    scaled: bool = settings.setting(
        True,
        "Whether evaluation and serving scale before they crop; false leaves "
        "pixels as they are stored, as restoration wants it, unless a video "
        "is smaller than the crop.",
    )

    def __post_init__(self):
        if self.short_side is not None and not self.scaled:
            raise errors.UserError(
                f"--clip.short_side={self.short_side} with --noclip.scaled, "
                "which scales nothing: leave one of them out"
            )
        if self.short_side is not None and self.short_side < self.size:
            raise errors.UserError(
                f"--clip.short_side={self.short_side} leaves no room for a "
                f"crop of --clip.size={self.size}: wanted at least that"
            )
        self._check_strides()

    def _check_strides(self) -> None:
        """Raises UserError for settings that would change nothing."""
        changed = [
            f"--clip.{name}={getattr(self, name):g}"
            for name in ("stride", "stride_seconds", "speed_jitter")
            if getattr(self, name) != getattr(ClipSpec, name)
        ]
        if changed and self.sampling != "dense":
            raise errors.UserError(
                f"{changed[0]} with --clip.sampling={self.sampling}, which "
                "has no stride: leave it out, or use --clip.sampling=dense"
            )
        if self.by_time and self.stride != ClipSpec.stride:
            raise errors.UserError(
                f"{changed[0]} with {changed[1]}: the stride is either in "
                "stored frames or in seconds; leave one of them out"
            )

    @property
    def by_time(self) -> bool:
        """Whether clips are laid over times instead of stored frames."""
        return self.stride_seconds is not None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """`[T, H, W, 3]` of one clip."""
        return (self.frames, self.size, self.size, 3)

    @property
    def scaled_short_side(self) -> int:
        """What the short side becomes before the evaluation crop, pixels."""
        return self.short_side or self.size
