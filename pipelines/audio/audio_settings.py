"""Settings of audio_features."""

import dataclasses

from tfrecords_tools.base import errors, settings

_IN_COLUMNS = ("spectrogram", "log_mel", "mfcc", "whisper_mel")


@dataclasses.dataclass(frozen=True)
class Config:
    """Audio features of a batch."""

    features: str = settings.setting(
        "none",
        "waveform: samples; spectrogram: amplitudes; log_mel: decibels in mel "
        "bins; mfcc: the first cepstral coefficients of log_mel; whisper_mel: "
        "the input of Whisper, 80 bins every 10 ms of 30 s, silence after "
        "the clip, for audio of 16,000 samples per second.",
        choices=("none", "waveform", *_IN_COLUMNS),
    )
    seconds: float | None = settings.setting(
        None,
        "Length of the audio, from the first sampled frame on; unset: "
        "--clip.frames times --clip.stride_seconds.",
        minimum=0.01,
    )
    window_ms: float = settings.setting(
        25.0, "Window of one column, milliseconds.", minimum=1.0
    )
    hop_ms: float = settings.setting(
        10.0,
        "Step between columns, milliseconds, rounded to whole samples.",
        minimum=1.0,
    )
    bins: int = settings.setting(
        64, "Mel bins of log_mel and mfcc.", minimum=1
    )  # fmt: skip
    lowest_hertz: float = settings.setting(
        20.0, "Lowest frequency, Hz.", minimum=0.0
    )
    highest_hertz: float | None = settings.setting(
        None,
        "Highest frequency, Hz; unset: half the rate of the stored audio.",
        minimum=1.0,
    )
    coefficients: int = settings.setting(
        13, "Number of mfcc coefficients.", minimum=1
    )
    top_decibels: float = settings.setting(
        80.0,
        "Dynamic range of log_mel and mfcc, decibels below the maximum of the "
        "clip; weaker values are raised to it.",
        minimum=1.0,
    )
    normalise: str = settings.setting(
        "none",
        "z_score: mean 0 and standard deviation 1; min_max: from 0 to 1; over "
        "all values of a clip, for mfcc over each coefficient.",
        choices=("none", "z_score", "min_max"),
    )
    time_masks: int = settings.setting(
        0, "Time masks in training (SpecAugment).", minimum=0
    )
    time_mask_ms: float = settings.setting(
        200.0, "Longest time mask, milliseconds.", minimum=1.0
    )
    frequency_masks: int = settings.setting(
        0, "Frequency masks in training (SpecAugment).", minimum=0
    )
    frequency_mask_bins: int = settings.setting(
        15, "Widest frequency mask, bins.", minimum=1
    )
    voice: bool = settings.setting(
        False,
        "Add `voice`: voice activity, 0 or 1, per sample of a waveform, else "
        "per column.",
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
                    f"--audio.{name}={getattr(self, name)} with "
                    f"--audio.features={self.features}, which is no "
                    f"spectrogram: wanted one of {', '.join(_IN_COLUMNS)}"
                )

    @property
    def in_columns(self) -> bool:
        """Whether the features are columns of a spectrogram or MFCC."""
        return self.features in _IN_COLUMNS

    @property
    def is_used(self) -> bool:
        """Whether batches have audio entries."""
        return self.voice or self.features != "none"
