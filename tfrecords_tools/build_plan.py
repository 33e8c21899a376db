"""What is to be built: a request, and the clips and shards that it means.

Nothing is decoded or written here, so every fault in the rows is known
before any work starts.
"""

import dataclasses
import os
import pathlib
from typing import Any

from tfrecords_tools import annotations, labels, manifest, shard_plan
from tfrecords_tools.base import errors, registry, settings
from tfrecords_tools.media import reader


@dataclasses.dataclass(frozen=True)
class Request:
    """What to build.

    Attributes:
        source: a file of `tfrecords_tools.sources` and its settings.
        input: what that source reads.
        output: folder for the shards.
        video_root: what paths are relative to; None is `input` if that is
            a folder, else the folder it stands in.
        media: how frames are picked and stored.
        shards: how clips are spread.
    """

    source: registry.Chosen
    input: str
    output: str
    video_root: str | None = None
    media: reader.Config = reader.Config()
    shards: shard_plan.Config = shard_plan.Config()

    @property
    def root(self) -> pathlib.Path:
        """The folder of the videos."""
        given = pathlib.Path(self.video_root or self.input)
        alone = not self.video_root and not os.path.isdir(given)
        return given.parent if alone else given

    def recorded(self) -> dict[str, Any]:
        """What the manifest tells about this request."""
        section = getattr(self.source.module, "SECTION", self.source.name)
        return {
            "source": {
                "name": self.source.name,
                "input": os.path.abspath(self.input),
                "video_root": os.path.abspath(self.root),
            },
            section: settings.to_dict(self.source.config),
            "media": settings.to_dict(self.media),
            "shards": settings.to_dict(self.shards),
        }


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A request with its checked clips and the shards they go to."""

    request: Request
    clips: list[annotations.Clip]
    shards: list[shard_plan.Planned]
    labels: tuple[str, ...]
    tasks: dict[str, tuple[str, ...]]


def prepare(request: Request, replace: bool = False) -> Prepared:
    """Lists and checks all clips; opens no video.

    Args:
        request: what to build.
        replace: whether another data set may be overwritten.

    Raises:
        UserError: the output holds another data set, or rows are faulty.
    """
    old = _standing(request, replace)
    listed = request.source.module.list_clips(
        request.source.config, request.input
    )
    if not listed:
        raise errors.UserError(
            f"no clips: --source={request.source.name} found nothing in "
            f"--input={request.input}: wanted at least one video; put some "
            "there, or choose another --input or --source"
        )
    clips = annotations.check(listed, request.root)
    return Prepared(
        request,
        clips,
        shard_plan.plan(clips, request.root, request.shards),
        labels.name_all(clips, old.labels if old else ()),
        labels.name_tasks(clips, old.tasks if old else {}),
    )


def _standing(request: Request, replace: bool) -> manifest.Manifest | None:
    """The data set that this build continues, if one stands there."""
    path = pathlib.Path(request.output) / manifest.FILE_NAME
    if os.path.realpath(request.output) == os.path.realpath(request.root):
        raise errors.UserError(
            f"--output={request.output} is the folder of the videos: choose "
            "another one"
        )
    if replace or not os.path.exists(path):
        return None
    try:
        old = manifest.read(request.output)
    except errors.UserError as error:
        raise errors.UserError(
            f"{error}; add --replace to build over it, which numbers the "
            "labels anew"
        ) from error
    found, wanted = old.settings.get("source", {}), request.recorded()["source"]
    if found != wanted:
        raise errors.UserError(
            f"{request.output} holds the data set of {_told(found)}, wanted "
            f"is that of {_told(wanted)}: choose another --output, or add "
            "--replace"
        )
    return old


def _told(source: dict[str, str]) -> str:
    flags = {"source": source.get("name"), **source}
    return " ".join(f"--{n}={v}" for n, v in flags.items() if n != "name")
