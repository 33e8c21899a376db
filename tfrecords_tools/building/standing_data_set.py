"""The data set in the output folder that a build continues, if any.

Data sets of another source, and unrelated files, are not overwritten.
"""

import os
import pathlib

from tfrecords_tools import manifest, output_folder, shard_plan
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import names
from tfrecords_tools.building import build_request


def find(
    request: build_request.Request, replace: bool
) -> manifest.Manifest | None:
    """Returns the manifest of the data set that this build continues.

    Args:
        request: what to build.
        replace: whether another data set may be overwritten.

    Returns:
        None for a new data set.

    Raises:
        UserError: the output is in the folder of the videos, or holds
            another data set.
    """
    path = pathlib.Path(request.output) / manifest.FILE_NAME
    output = pathlib.Path(os.path.realpath(request.output))
    inside = os.path.isdir(request.input) and output.is_relative_to(
        os.path.realpath(request.input)
    )
    if inside or output == pathlib.Path(os.path.realpath(request.root)):
        raise errors.UserError(
            f"--output={request.output} is in the folder of the videos, where "
            "the next build would read shards as videos: choose another one"
        )
    if replace:
        return None
    if not os.path.exists(path):
        _refuse_strangers(output)
        return None
    try:
        old = manifest.read(request.output)
    except errors.UserError as error:
        raise errors.UserError(
            f"{error}; add --replace to overwrite it, which renumbers the "
            "labels"
        ) from error
    standing, requested = (
        old.settings.get("source", {}),
        request.recorded()["source"],
    )
    if _compared(standing) != _compared(requested):
        raise errors.UserError(
            f"{request.output} holds the data set of {_as_flags(standing)}, "
            f"wanted that of {_as_flags(requested)}: choose another --output, "
            "or add --replace"
        )
    return old


def _refuse_strangers(output: pathlib.Path) -> None:
    """Raises UserError if a build would overwrite unrelated files."""
    inside = os.listdir(output) if os.path.isdir(output) else []
    standing = [
        name
        for name in sorted(inside)
        if shard_plan.NAME.fullmatch(name) or name == output_folder.REPORT
    ]
    if standing:
        raise errors.UserError(
            f"{output} holds {standing[0]} but no {manifest.FILE_NAME}: choose "
            "another --output, or add --replace to overwrite it"
        )


def _compared(source: dict[str, str]) -> dict[str, str]:
    return {key: names.normalized(value) for key, value in source.items()}


def _as_flags(source: dict[str, str]) -> str:
    flags = {"source": source.get("name"), **source}
    return " ".join(f"--{n}={v}" for n, v in flags.items() if n != "name")
