"""What a batch holds of the audio: the settings of audio_features."""

import dataclasses

from tfrecords_tools.base import errors, settings

_IN_COLUMNS = ("spectrogram", "log_mel", "mfcc")


@dataclasses.dataclass(frozen=True)
class Config:
    """What a batch holds of the audio."""

    features: str = settings.setting(
        "none",
        "waveform: the samples; spectrogram: amplitudes of its frequencies; "
        "log_mel: decibels in bins as the ear divides them (mel); mfcc: the "
        "first cepstral coefficients of those.",
        choices=("none", "waveform", *_IN_COLUMNS),
    )
    seconds: float | None = settings.setting(
        None,
        "How much audio, from the first sampled frame on. Not given: "
        "--clip.frames times --clip.stride_seconds.",
        minimum=0.01,
    )
    window_ms: float = settings.setting(
        25.0, "Audio that one column hears, milliseconds.", minimum=1.0
    )
    hop_ms: float = settings.setting(
        10.0,
        "From one column to the next, milliseconds, rounded to whole samples.",
        minimum=1.0,
    )
    bins: int = settings.setting(
        64, "Mel bins of log_mel and mfcc.", minimum=1
    )  # fmt: skip
    lowest_hertz: float = settings.setting(
        20.0, "Lower frequencies are left out.", minimum=0.0
    )
    highest_hertz: float | None = settings.setting(
        None,
        "Higher frequencies are left out. Not given: half the rate of the "
        "stored audio, all that it can hold.",
        minimum=1.0,
    )
    coefficients: int = settings.setting(
        13, "Coefficients of mfcc that are kept.", minimum=1
    )
    top_decibels: float = settings.setting(
        80.0,
        "In log_mel and mfcc, what is weaker than the clip's loudest value "
        "by more than this is raised to that level.",
        minimum=1.0,
    )
    normalise: str = settings.setting(
        "none",
        "z_score: mean 0 and deviation 1; min_max: from 0 to 1; both over "
        "all values of a clip, in mfcc each coefficient alone.",
        choices=("none", "z_score", "min_max"),
    )
    time_masks: int = settings.setting(
        0, "Spans of columns hidden in training (SpecAugment).", minimum=0
    )
    time_mask_ms: float = settings.setting(
        200.0, "Longest of those spans, milliseconds.", minimum=1.0
    )
    frequency_masks: int = settings.setting(
        0, "Bands of bins hidden in training (SpecAugment).", minimum=0
    )
    frequency_mask_bins: int = settings.setting(
        15, "Widest of those bands.", minimum=1
    )
    voice: bool = settings.setting(
        False,
        "Add `voice`: 1 where somebody speaks, for each sample of a waveform, "
        "else for each column.",
    )

    def __post_init__(self) -> None:
        if self.hop_ms > self.window_ms:
            raise errors.UserError(
                f"--audio.hop_ms={self.hop_ms} leaves out audio between "
                f"windows of {self.window_ms} ms: wanted at most "
                "--audio.window_ms"
            )
        if self.features == "mfcc" and self.coefficients > self.bins:
            raise errors.UserError(
                f"--audio.coefficients={self.coefficients} of "
                f"{self.bins} bins: wanted at most --audio.bins"
            )
        for name in ("time_masks", "frequency_masks"):
            if getattr(self, name) and not self.in_columns:
                raise errors.UserError(
                    f"--audio.{name}={getattr(self, name)} hides parts of a "
                    f"spectrogram, and --audio.features={self.features} is "
                    f"none: wanted one of {', '.join(_IN_COLUMNS)}"
                )

    @property
    def in_columns(self) -> bool:
        """Whether the features are columns of some kind of spectrogram."""
        return self.features in _IN_COLUMNS

    @property
    def is_used(self) -> bool:
        """Whether a batch holds anything of the audio."""
        return self.voice or self.features != "none"
