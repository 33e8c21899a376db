"""The names, dtypes and shapes of the entries of a batch.

    frames        uint8    [B, T, H, W, 3]
    label         int32    [B], -1 if unlabelled; float32 [B, classes] if labels
                           are soft or multi-label; `label.<task>` for further
                           label sets
    mask          float32  [B], 0 for padding of the last batch and for clips
                           that could not be read
    clip_id       int64    [B], number of the clip within its split

and, if requested:

    has_audio     float32  [B], 0 for clips without audio, which are silent
    waveform      float32  [B, samples]
    spectrogram   float32  [B, columns, bins]
    voice         float32  [B, columns], or [B, samples] beside a waveform
    shifted_audio float32  as the audio, of the same video some seconds off
    has_shifted_audio float32 [B], 0 where there is none
    has_text      float32  [B], 0 for clips without text
    tokens        int32    [B, L]
    tokens_mask   float32  [B, L]
    answer_tokens int32    [B, L], and answer_tokens_mask
    all_tokens    int32    [B, N, L], in evaluation, of all texts of a clip, and
                           all_tokens_mask; of answers all_answer_tokens
    texts_mask    float32  [B, N], 0 for padding
    other_frames  uint8    [B, T, H, W, 3], a second clip of the same video
    patch_mask    bool     [B, t, h, w], True where masked
    low_frames    uint8    [B, T, h, w, 3]
    features      float32  [B, t, C], of a frozen encoder, in place of frames

`frames` is absent from batches for networks that do not see them.

In evaluation every entry except label, mask and clip_id has a views axis
after B.
"""

import dataclasses

from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class ClipSpec:
    """The input clip of a network."""

    frames: int = settings.setting(16, "Frames per clip.", minimum=1)
    stride: int = settings.setting(
        2,
        "Step between frames of the clip, in stored frames; dense sampling "
        "only.",
        minimum=1,
    )
    stride_seconds: float | None = settings.setting(
        None,
        "Step between frames of the clip, seconds; dense sampling only. Gives "
        "the same motion at any frame rate; unset: --clip.stride applies.",
        minimum=0.001,
    )
    speed_jitter: float = settings.setting(
        0.0,
        "In training, multiplies the stride of dense sampling by a random "
        "factor from 1/(1+jitter) to 1+jitter; 0: off.",
        minimum=0.0,
    )
    size: int = settings.setting(
        112, "Height and width of the clip, pixels.", minimum=8
    )
    sampling: str = settings.setting(
        "dense",
        "dense: consecutive frames at a fixed stride; uniform: evenly spaced "
        "over the whole stored clip; segments (TSN): one frame of each of as "
        "many equal segments, random in training, central in evaluation.",
        choices=("dense", "uniform", "segments"),
    )
    short: str = settings.setting(
        "loop",
        "Videos shorter than the clip. loop: restart from the first frame; "
        "pad: repeat the last frame; refuse: raise an error. With uniform or "
        "segments sampling, loop and pad both repeat frames evenly.",
        choices=("loop", "pad", "refuse"),
    )
    short_side: int | None = settings.setting(
        None,
        "Short side to which evaluation and serving scale frames before the "
        "crop, pixels; unset: --clip.size.",
        minimum=8,
    )

    scaled: bool = settings.setting(
        True,
        "Scale frames before the crop in evaluation and serving. False keeps "
        "the stored pixels (for restoration), unless a video is smaller than "
        "the crop.",
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
        """Raises UserError for strides that the sampling ignores."""
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
        """Whether clips are sampled by time instead of by stored frame."""
        return self.stride_seconds is not None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """`[T, H, W, 3]` of one clip."""
        return (self.frames, self.size, self.size, 3)

    @property
    def scaled_short_side(self) -> int:
        """Short side of frames before the evaluation crop, pixels."""
        return self.short_side or self.size


@dataclasses.dataclass(frozen=True)
class AudioSpec:
    """The audio of a clip, as a network takes it."""

    features: str
    """`waveform`, or what the columns hold: `spectrogram`, `log_mel`, ..."""
    rate: int
    """Samples per second."""
    samples: int
    """Samples of the clip."""
    columns: int = 0
    """Columns of the spectrogram; 0 for a waveform."""
    bins: int = 0
    """Values of each column; 0 for a waveform."""
    hop: int = 1
    """Samples from one column to the next."""

    @property
    def name(self) -> str:
        """The entry of a batch that holds it."""
        return "spectrogram" if self.columns else "waveform"

    @property
    def shape(self) -> tuple[int, ...]:
        """`[samples]` or `[columns, bins]` of one clip, float32."""
        return (self.columns, self.bins) if self.columns else (self.samples,)


@dataclasses.dataclass(frozen=True)
class TextSpec:
    """The text of a clip, as a network takes it."""

    length: int
    """Tokens of a clip, padding included: `tokens` and `tokens_mask`."""
    vocabulary: int
    """Number of different tokens, from 0, with padding and unknown words."""
    is_pieces: bool = False
    """Whether tokens are word pieces instead of words."""
    words: tuple[str, ...] = ()
    """The words or word pieces in the order of their tokens, which are the
    last of the vocabulary; empty if unknown. The tokens before are special:
    padding, unknown, start and end."""

    @property
    def specials(self) -> int:
        """Number of special tokens, before those of `words`."""
        return self.vocabulary - len(self.words)
