"""Command: converts videos to shards.

Run as `python -m tfrecords_tools.build_shards --source=video_folder
--input=VIDEOS --output=SHARDS`.
"""

import dataclasses
import os
import sys

from tfrecords_tools import (
    annotations,
    label_balance,
    manifest,
    output_folder,
    shard_plan,
)
from tfrecords_tools.base import errors, flags, isolated, progress, settings
from tfrecords_tools.building import (
    build_plan,
    build_report,
    build_request,
    data_set,
)
from tfrecords_tools.media import reader
from tfrecords_tools.media.audio import audio_reader
from tfrecords_tools.source_parsing import video_root
from tfrecords_tools.splitting import split_shares
from tfrecords_tools.text import text_cleaning, vocabulary


@dataclasses.dataclass(frozen=True)
class Config:
    """Flags of this command."""

    source: str = settings.setting("video_folder", "Layout of the input.")
    input: str | None = settings.setting(
        None, "Input of the source: a folder or a file.", any_name=True
    )
    output: str | None = settings.setting(None, "Output folder for the shards.")
    video_root: str | None = settings.setting(
        None,
        "Folder that paths are relative to; unset: the input, or its parent "
        "if it is a file.",
        any_name=True,
    )
    workers: int = settings.setting(
        os.cpu_count() or 1,
        "Number of decoding processes; the shards do not depend on it.",
        minimum=1,
    )
    clean: tuple[str, ...] = settings.setting(
        (), "Cleaning steps, comma-separated; each has its own flags."
    )
    cut: str = settings.setting(
        "annotated", "How annotated spans become clips."
    )
    engine: str = settings.setting(
        "local", "Backend that runs the work; the shards do not depend on it."
    )
    replace: bool = settings.setting(
        False, "Overwrite a data set of another source or input."
    )


COMMAND = flags.Command(
    summary="Converts videos to shards.",
    settings=Config,
    sections={
        "media": reader.Config,
        "audio": audio_reader.Config,
        "text": text_cleaning.Config,
        "words": vocabulary.Config,
        "shards": shard_plan.Config,
        "splits": split_shares.Config,
        "limits": isolated.Config,
        "files": video_root.Config,
    },
    choices={
        "source": "tfrecords_tools.sources",
        "cut": "tfrecords_tools.cutting",
        "clean": "tfrecords_tools.cleaning",
        "engine": "tfrecords_tools.engines",
    },
    own_sections=("source", "cut", "engine"),
    renamed={"sound.": "audio."},
)


def run(resolved: flags.Resolved) -> None:
    """Builds the data set that the flags describe."""
    config = resolved.settings
    for name in ("input", "output"):
        if not getattr(config, name):
            raise errors.UserError(
                f"--{name} is not set: wanted --source=..., --input=... and "
                "--output=...; --help lists them"
            )
    request = build_request.Request(
        source=resolved.one("source"),
        input=config.input,
        output=config.output,
        video_root=config.video_root,
        cut=resolved.one("cut"),
        cleaning=resolved.chosen["clean"],
        engine=resolved.one("engine"),
        **resolved.sections,
    )
    try:
        with output_folder.claimed(config.output):
            prepared = build_plan.prepare(
                request, config.replace, config.workers
            )
            print(_intention(prepared, config), flush=True)
            with progress.bar("clips", len(prepared.clips)) as update:
                dataset, rows = data_set.build(prepared, config.workers, update)
    except KeyboardInterrupt:
        print("stopped; re-run the same command to resume", file=sys.stderr)
        raise
    print(_result(dataset, rows, config.output))


def _intention(prepared: build_plan.Prepared, config: Config) -> str:
    replaces = os.path.exists(os.path.join(config.output, manifest.FILE_NAME))
    engine = (
        config.engine
        if config.engine != "local"
        else f"{config.workers} workers"
    )
    counts = [
        f"{split} {sum(clip.split == split for clip in prepared.clips)}"
        for split in annotations.SPLITS
    ]
    return (
        f"{len(prepared.clips)} clips ({', '.join(counts)}), "
        f"{len(prepared.labels)} labels, into {len(prepared.shards)} shards "
        f"in {config.output} by {engine}"
        + (", replacing the existing data set" * replaces)
    )


def _result(
    dataset: manifest.Manifest, rows: list[build_report.Row], output: str
) -> str:
    lines = [f"videos: {build_report.summary(rows)}"]
    for split, shards in dataset.splits.items():
        clips, frames, size = (
            sum(getattr(shard, name) for shard in shards)
            for name in ("clips", "frames", "size")
        )
        lines.append(
            f"{split}: {clips} clips, {frames} frames, {size / 1e6:.1f} MB "
            f"in {len(shards)} shards"
        )
    lines += [f"warning: {each}" for each in label_balance.warnings(dataset)]
    lines.append(f"report: {output}/{output_folder.REPORT}")
    lines.append(f"data set: {output}")
    return "\n".join(lines)


if __name__ == "__main__":
    flags.main(COMMAND, run)
