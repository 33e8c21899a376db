"""Lists and checks the clips of a source, and its rows without a video."""

import dataclasses
import os
import pathlib
from collections.abc import Callable, Mapping

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base import errors, registry
from tfrecords_tools.base.files import folder_files
from tfrecords_tools.base.text import names
from tfrecords_tools.media import image_folder, video_names
from tfrecords_tools.source_parsing import video_root

Clips = list[annotations.Clip]


def read(
    source: registry.Chosen,
    input: str,
    root: Callable[[], str | os.PathLike],
    files: video_root.Config = video_root.Config(),
) -> tuple[Clips, Clips]:
    """Lists and checks all clips.

    Args:
        source: a file of `tfrecords_tools.sources` and its settings.
        input: of the source.
        root: returns the folder of the videos; called after listing, since
            a source may create them.
        files: which files may be read.

    Returns:
        The clips to build, and those without a video, with the reason in
        `absent`.

    Raises:
        UserError: there are no clips, or rows are faulty.
    """
    list_clips = source.module.list_clips
    if files.missing == "skip" and source.module.list_all:
        list_clips = source.module.list_all
    try:
        listed = list_clips(source.config, input)
    except annotation_checks.FaultyRows as error:
        raise errors.UserError("\n".join(error.all(root(), files))) from error
    except errors.UserError as error:
        hint = _hint(source, input, [])
        if not hint:
            raise
        raise errors.UserError(f"{error}{hint}") from error
    if not listed:
        raise errors.UserError(
            f"no clips: --source={source.name} found nothing in "
            f"--input={input}: wanted at least one video; add some, or "
            f"choose another --input or --source{_hint(source, input, [])}"
        )
    if hint := _hint(source, input, listed):
        raise errors.UserError(f"--input={input} holds no videos{hint}")
    clips = annotation_checks.check(listed, root(), files)
    return (
        [clip for clip in clips if not clip.absent],
        [clip for clip in clips if clip.absent],
    )


def _hint(source: registry.Chosen, input: str, listed: Clips) -> str:
    """Names the source of folders of images if there are no videos."""
    if source.name == image_folder.SOURCE:
        return ""
    paths = [clip.path for clip in listed]
    if not paths and os.path.isdir(input):
        paths = [path.name for path in folder_files.below(input)]
    named = {clip.path for clip in listed if clip.is_video}
    for path in paths:
        is_image = video_names.is_image(path)
        if video_names.is_likely(path) or (path in named and not is_image):
            return ""
    images = any(map(video_names.is_image, paths))
    return f"; {image_folder.HINT}" if images else ""


def within_absent(known: Mapping[str, str], clips: Clips) -> Clips:
    """Returns known videos of unreadable folders as absent rows.

    Args:
        known: path to any value, from an earlier build.
        clips: all rows, including those without a video.
    """
    paths = {clip.path for clip in clips}
    absent = {names.normalized(c.path): c for c in clips if c.absent}
    found = []
    for path in sorted(set(known) - paths) if absent else ():
        for folder in pathlib.PurePosixPath(path).parents:
            clip = absent.get(names.normalized(folder.as_posix()))
            if clip:
                found.append(
                    dataclasses.replace(
                        clip,
                        path=path,
                        group=path,
                        absent=f"the folder {clip.path}: {clip.absent}",
                    )
                )
                break
    return found


def named_as_now(known: Mapping[str, str], clips: Clips) -> dict[str, str]:
    """Maps known paths to their current spelling.

    Args:
        known: path to any value, from an earlier build.
        clips: with current paths.

    Returns:
        `known`, with the spelling of `clips` for paths that look equal.
    """
    paths = {clip.path for clip in clips}
    gone = {
        names.normalized(path): value
        for path, value in known.items()
        if path not in paths
    }
    come = {path: names.normalized(path) for path in paths - set(known)}
    return dict(known) | {
        path: gone[name] for path, name in come.items() if name in gone
    }
