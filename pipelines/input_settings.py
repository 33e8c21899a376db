"""Settings of the input: contents of the batches, and how to read them."""

import dataclasses

from pipelines import batch
from pipelines.audio import audio_features
from pipelines.text import text_tokens
from tfrecords_tools.base import errors, registry, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Reading order, caching and parallelism of the input pipeline."""

    shuffle: str = settings.setting(
        "global",
        "global: perfect shuffle, with the index of the split in memory; "
        "blocks: shuffles shards, then the clips of a few shards at a time, "
        "for object storage or tens of millions of clips.",
        choices=("global", "blocks"),
    )
    block_shards: int = settings.setting(
        16, "Shards per block, for --reader.shuffle=blocks.", minimum=1
    )
    on_corrupt: str = settings.setting(
        "stop",
        "Unreadable clips. stop: end the run and name the clip; skip: mask its "
        "row of the batch.",
        choices=("stop", "skip"),
    )
    cache: str | None = settings.setting(
        None,
        "Folder for a cache of decoded, downscaled frames of the training "
        "split, written once. Evaluation reads the stored frames.",
    )
    cache_short_side: int = settings.setting(
        128,
        "Short side of cached frames, pixels.",
        minimum=8,
    )
    service: str | None = settings.setting(
        None,
        "Address of a tf.data service that prepares the training batches, as "
        "printed by launch.data_service. Order and resume are not exact then.",
    )
    folds: int | None = settings.setting(
        None,
        "Cross-validation: number of folds that the clips of the training and "
        "validation splits are dealt into, by group. launch.train "
        "--cross_validate trains all of them.",
        minimum=2,
    )
    fold: int | None = settings.setting(
        None,
        "Fold that is held out as the validation split, from 1; all other "
        "folds are the training split.",
        minimum=1,
    )
    deal: int = settings.setting(
        0,
        "Another number deals the groups into other folds of --reader.folds, "
        "to see how much a result depends on them.",
        minimum=0,
    )
    groups: str | None = settings.setting(
        None,
        "CSV file with the columns path and group of each video, for "
        "--reader.folds. Unset: the groups in report.csv of the shards.",
    )
    group_column: str = settings.setting(
        "group", "Column of --reader.groups with the group."
    )
    parallel_clips: int | None = settings.setting(
        None, "Clips decoded in parallel; unset: autotuned.", minimum=1
    )
    prefetch_batches: int = settings.setting(
        2, "Batches prefetched ahead of the step.", minimum=1
    )

    @property
    def block(self) -> int | None:
        """Shards whose index is in memory at a time; None for all."""
        return self.block_shards if self.shuffle == "blocks" else None


@dataclasses.dataclass(frozen=True)
class Input:
    """Contents of the batches, and how to read them."""

    clip: batch.ClipSpec = batch.ClipSpec()
    augmentations: tuple[registry.Chosen, ...] = ()
    extra_inputs: tuple[registry.Chosen, ...] = ()
    audio: audio_features.Config = audio_features.Config()
    text: text_tokens.Config = text_tokens.Config()
    reader: Config = Config()
    frames: bool = True
    """Whether batches hold frames; otherwise none are decoded."""

    def __post_init__(self):
        """Raises UserError for settings of frames without frames."""
        for flag, chosen in (
            ("--augment", self.augmentations),
            ("--extra_inputs", self.extra_inputs),
        ):
            if chosen and not self.frames:
                raise errors.UserError(
                    f"{flag}={chosen[0].name} changes frames, which "
                    "--modalities leaves out: leave it out, or add frames to "
                    "--modalities"
                )

    @property
    def other_entries(self) -> list[str]:
        """Flags that add entries besides frames and labels."""
        return [
            flag
            for flag, is_used in (
                ("--extra_inputs", self.extra_inputs),
                ("--audio", self.audio.is_used),
                ("--text", self.text.tokens != "none"),
            )
            if is_used
        ]

    @property
    def without_cache(self) -> "Input":
        """The same input read from the shards, as a served model gets it."""
        reader = dataclasses.replace(self.reader, cache=None)
        return dataclasses.replace(self, reader=reader)

    @property
    def without_service(self) -> "Input":
        """The same batches, prepared in this process and in order."""
        reader = dataclasses.replace(self.reader, service=None)
        return dataclasses.replace(self, reader=reader)
