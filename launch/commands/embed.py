"""Embeds videos or shards into an index for launch.search."""

import dataclasses
import os
import pathlib
import sys

from launch.embedding import (
    embedding_work,
    index_chunks,
    index_files,
    shard_rows,
    video_rows,
)
from launch.serving import loaded_model, versions
from pipelines import batch
from tfrecords_tools import annotations
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors, flags, progress, registry, settings
from tfrecords_tools.base.files import folder_lock
from tfrecords_tools.base.text import printable
from tfrecords_tools.checking import census
from tfrecords_tools.source_parsing import video_files

_SHOWN = 10  # Failures listed on the screen; videos.jsonl has them all.


@dataclasses.dataclass(frozen=True)
class Config:
    """Model, videos and output."""

    model: str = settings.setting("", "Output of launch.export.")
    videos: str | None = settings.setting(
        None, "A video file or a folder of videos.", any_name=True
    )
    shards: str | None = settings.setting(
        None, "Folder of shards, instead of --videos: one row per clip."
    )
    split: tuple[str, ...] = settings.setting(
        (), "Splits of the shards, comma-separated. Unset: all."
    )
    output: str = settings.setting("", "Folder of the index.")
    engine: str = settings.setting(
        "local", "Backend that runs the work; the index does not depend on it."
    )
    workers: int = settings.setting(
        os.cpu_count() or 1,
        "Threads of --engine=local that decode videos.",
        minimum=1,
    )
    batch_size: int | None = settings.setting(
        None,
        "Windows per batch. Unset: at most 8, and at most two million pixels; "
        "more take memory, and on a CPU no less time.",
        minimum=1,
    )


COMMAND = flags.Command(
    summary="Embeds videos or shards into an index for launch.search.",
    settings=Config,
    choices={"engine": "tfrecords_tools.engines"},
    own_sections=("engine",),
    required=("model", "output"),
)


def main(resolved: flags.Resolved) -> None:
    """Writes the index whole or not at all; re-run to resume."""
    config = resolved.settings
    if bool(config.videos) == bool(config.shards):
        raise errors.UserError(
            "got both --videos and --shards"
            if config.videos
            else "got neither --videos nor --shards: wanted one of them"
        )
    version = versions.newest(pathlib.Path(config.model))
    model = embedding_work.load(os.path.abspath(version))
    with folder_lock.held_for(config.output, "embed", "another --output"):
        try:
            _embed(config, resolved.one("engine"), model)
        except KeyboardInterrupt:
            print("stopped; re-run the same command to resume", file=sys.stderr)
            raise


def _embed(
    config: Config, engine: registry.Chosen, model: loaded_model.LoadedModel
) -> None:
    work, chunks = _plan(config, model)
    output = pathlib.Path(config.output)
    digest = index_chunks.digest([chunk.digest for chunk in chunks])
    if output.exists():
        _check_same(output, digest)
        print(f"nothing to do: {output} is the index of this input")
        return
    what = "shards" if config.shards else "videos"
    total = sum(len(chunk.items) for chunk in chunks)
    print(
        f"{total} {what} of {printable.name(work.root)} into {output}, by "
        f"{model.path}, {model.features.size} values a row",
        flush=True,
    )
    if config.videos:
        print(describe_windows(model.metadata.clip), flush=True)
    folder = index_chunks.folder_of(output)
    folder.mkdir(parents=True, exist_ok=True)
    left = index_chunks.unfinished(folder, chunks)
    before = total - sum(len(chunk.items) for chunk in left)
    if before:
        print(f"{before} {what} are embedded already", flush=True)
    with progress.bar(what, total) as update:
        update(before)
        engine.module.run(
            engine.config,
            work,
            left,
            # One pipeline of tf.data decodes shards in parallel by itself.
            1 if config.shards else config.workers,
            lambda done: update(before + done),
        )
    metadata = index_chunks.assemble(
        output,
        chunks,
        index_files.Metadata(
            fingerprint=model.features.fingerprint,
            size=model.features.size,
            rows=0,
            videos=0,
            failed=0,
            model=str(model.path),
            root=work.root,
            kind=what,
            digest=digest,
        ),
    )
    _print_result(output, metadata)


def describe_windows(clip: batch.ClipSpec) -> str:
    """How many rows a video has, in one line."""
    if clip.sampling == "dense":
        return "one row a window: windows follow one another through a video"
    return (
        f"one row a video, however long: the model's {clip.frames} frames are "
        f"spread over all of it (--clip.sampling={clip.sampling})"
    )


def _plan(
    config: Config, model: loaded_model.LoadedModel
) -> tuple[embedding_work.EmbeddingWork, list[index_chunks.Chunk]]:
    """The work and its chunks."""
    clip, media = model.metadata.clip, model.metadata.media
    batch_size = config.batch_size or embedding_work.default_batch_size(clip)
    recipe = [
        index_files.VERSION,
        model.features.fingerprint,
        settings.to_dict(clip),
        settings.to_dict(media),
        batch_size,
    ]
    if config.shards:
        root = config.shards
        manifest = manifests.read(root)
        named = [annotations.canonical_split(s) or s for s in config.split]
        splits = tuple(named) or census.ordered(manifest.splits)
        chunks = shard_rows.plan(manifest, splits, recipe)
    else:
        paths, skipped = video_files.found_at(config.videos)
        if skipped:
            print(f"{skipped} files are no videos", flush=True)
        root = config.videos
        if not os.path.isdir(root):
            root = os.path.dirname(root) or "."
        names = [os.path.relpath(path, root) for path in paths]
        chunks = video_rows.plan(pathlib.Path(root), names, recipe)
    work = embedding_work.EmbeddingWork(
        str(model.path),
        os.path.abspath(root),
        os.path.abspath(config.output),
        recipe,
        batch_size,
    )
    return work, chunks


def _check_same(output: pathlib.Path, digest: str) -> None:
    """Raises UserError unless the folder holds the index of that digest."""
    if index_files.read_metadata(output).digest != digest:
        raise errors.UserError(
            f"--output={output} holds an index of other videos or of another "
            "model: choose another --output, or delete it"
        )


def _print_result(output: pathlib.Path, metadata: index_files.Metadata) -> None:
    index = index_files.Index(output)
    for shown, video in enumerate(index.failures()):
        if shown == _SHOWN:
            rest = metadata.failed - _SHOWN
            print(f"... and {rest} more, see {output / index_files.VIDEOS}")
            break
        print(f"error: {printable.name(video['error'])}", file=sys.stderr)
    print(
        f"{metadata.videos} of {metadata.videos + metadata.failed} videos, "
        f"{metadata.rows} windows: {output}. Next: python -m launch.search "
        f"--index={output} --video=FILE"
    )
