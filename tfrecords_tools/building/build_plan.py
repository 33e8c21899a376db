"""What is to be built: a request, and the clips and shards that it means.

Every fault in the rows is known before any work starts. Videos are opened
only where a request asks for what no row can tell: where to cut them, or
which of them are alike.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
from typing import Any

from tfrecords_tools import (
    annotations,
    labels,
    manifest,
    output_folder,
    schema,
    shard_plan,
)
from tfrecords_tools.base import (
    atomic_write,
    errors,
    isolated,
    registry,
    settings,
    versions,
)
from tfrecords_tools.base.text import names, printable
from tfrecords_tools.building import build_report, shard_journal
from tfrecords_tools.media import reader
from tfrecords_tools.media.audio import sound as sounds
from tfrecords_tools.source_parsing import source_clips
from tfrecords_tools.source_parsing import video_root as video_roots
from tfrecords_tools.splitting import split_shares, splits
from tfrecords_tools.text import text_cleaning, vocabulary
from tfrecords_tools.video_analysis import (
    clip_cutting,
    duplicates,
    survey_run,
    video_survey,
)

_MADE_BY = (
    "av",
    "numpy",
    "opencv-python-headless",
    "simplejpeg",
    "video-models",
)
_CUT = registry.choose("tfrecords_tools.cutting", "annotated")
_LOCAL = registry.choose("tfrecords_tools.engines", "local")


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
        splits: how large those are that are drawn.
        sound: how sound is read, if at all.
        text: how captions and words are cleaned.
        words: how many words are counted.
        cut: a file of `tfrecords_tools.cutting`.
        cleaning: files of `tfrecords_tools.cleaning`.
        engine: a file of `tfrecords_tools.engines`; the bytes do not
            depend on it.
        limits: what one file may cost.
        files: which files may be read, and what becomes of rows without one.
    """

    source: registry.Chosen
    input: str
    output: str
    video_root: str | None = None
    media: reader.Config = reader.Config()
    shards: shard_plan.Config = shard_plan.Config()
    splits: split_shares.Config = split_shares.Config()
    sound: sounds.Config = sounds.Config()
    text: text_cleaning.Config = text_cleaning.Config()
    words: vocabulary.Config = vocabulary.Config()
    cut: registry.Chosen = _CUT
    cleaning: tuple[registry.Chosen, ...] = ()
    engine: registry.Chosen = _LOCAL
    limits: isolated.Config = isolated.Config()
    files: video_roots.Config = video_roots.Config()

    @property
    def root(self) -> pathlib.Path:
        """The folder of the videos."""
        given = pathlib.Path(self.video_root or self.input)
        alone = not self.video_root and not os.path.isdir(given)
        return given.parent if alone else given

    @property
    def duplicates(self) -> duplicates.Config | None:
        """How alike videos may be, if that is asked."""
        for step in self.cleaning:
            if step.name == "duplicates":
                return step.config
        return None

    def recorded(self) -> dict[str, Any]:
        """What the manifest tells about this request."""
        section = self.source.module.SECTION or self.source.name
        # Data sets that were built before there were such sections have none.
        newer = {
            name: settings.to_dict(config)
            for name, config, usual in (
                ("files", self.files, video_roots.Config()),
                ("splits", self.splits, split_shares.Config()),
            )
            if config != usual
        }
        return newer | {
            "source": {
                "name": self.source.name,
                "input": printable.in_unicode(os.path.abspath(self.input)),
                "video_root": printable.in_unicode(os.path.abspath(self.root)),
            },
            section: settings.to_dict(self.source.config),
            "media": settings.to_dict(self.media),
            "shards": settings.to_dict(self.shards),
            "sound": settings.to_dict(self.sound),
            "text": settings.to_dict(self.text),
            "words": settings.to_dict(self.words),
            "limits": settings.to_dict(self.limits),
            "cut": {"name": self.cut.name, **settings.to_dict(self.cut.config)},
            "clean": {
                step.name: settings.to_dict(step.config)
                for step in self.cleaning
            },
        }


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A request with its checked clips and the shards they go to.

    Attributes:
        request: what was asked.
        clips: that are to be written.
        dropped: outcomes of clips that are not: copies, or too short.
        copies: path to what the report says of its copies.
        shards: which clip goes where.
        labels: a label's id is its place.
        tasks: the same for each further label set.
        vocabulary: words of the training split.
    """

    request: Request
    clips: list[annotations.Clip]
    dropped: list[shard_journal.Outcome]
    copies: dict[str, str]
    shards: list[shard_plan.Planned]
    labels: tuple[str, ...]
    tasks: dict[str, tuple[str, ...]]
    vocabulary: tuple[str, ...]

    @property
    def contents(self) -> schema.Contents:
        """What the records will hold."""
        request = self.request
        extras = ["waveform"] if request.sound.rate else []
        extras += ["voice"] if request.sound.voice else []
        words = any(clip.words for clip in self.clips)
        extras += ["words"] if words else []
        return schema.Contents(tuple(self.tasks), tuple(extras))

    @property
    def recipe(self) -> str:
        """Digest of all that a shard's bytes depend on but its clips."""
        known = {
            "settings": self.request.recorded(),
            "labels": self.labels,
            "contents": dataclasses.asdict(self.contents),
            "tasks": self.tasks,
            "versions": [schema.VERSION, *versions.of(_MADE_BY)],
        }
        text = json.dumps(known, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def prepare(
    request: Request, replace: bool = False, workers: int = 1
) -> Prepared:
    """Lists and checks all clips.

    Args:
        request: what to build.
        replace: whether another data set may be overwritten.
        workers: processes, where videos must be looked at.

    Raises:
        UserError: the output holds another data set, or rows are faulty.
    """
    old = _standing(request, replace)
    request.media.check_chunk(request.shards.chunk_frames)
    split_shares.whole(request.splits)  # Before videos are looked at.
    clips, absent = source_clips.read(
        request.source, request.input, lambda: request.root, request.files
    )
    report = pathlib.Path(request.output) / output_folder.REPORT
    known = build_report.splits(report) if old else {}
    known = source_clips.named_as_now(known, clips + absent)
    absent += source_clips.within_absent(known, clips + absent)
    clips, dropped, copies = _looked_at(request, clips, absent, known, workers)
    if not clips:
        raise errors.UserError(
            f"no clips are left: {printable.name(dropped[0].clip.path)} "
            f"{dropped[0].reason}, and all others likewise"
        )
    return Prepared(
        request,
        clips,
        dropped,
        copies,
        shard_plan.plan(
            clips, request.root, request.shards, request.media.storage
        ),
        labels.name_all(clips, old.labels if old else ()),
        labels.name_tasks(clips, old.tasks if old else {}),
        vocabulary.count(
            request.words, vocabulary.training_texts(clips, request.text)
        ),
    )


def _looked_at(
    request: Request,
    clips: list[annotations.Clip],
    absent: list[annotations.Clip],
    known: dict[str, str],
    workers: int,
) -> tuple[list[annotations.Clip], list[shard_journal.Outcome], dict]:
    """Cuts the rows and settles the splits.

    Looks into videos only where that is asked.

    Returns:
        The clips to write, outcomes of those that are not, and what the
        report says of copies, path to text.
    """
    alike = request.duplicates
    wanted = video_survey.wanted(request.cut, alike is not None)
    surveys, copies = {}, ()
    if wanted:
        surveys = survey_run.of_all(
            request.root,
            sorted({clip.path for clip in clips}),
            wanted,
            request.media.max_pixels,
            request.limits,
            workers,
            pathlib.Path(request.output) / atomic_write.TEMPORARY,
        )
    if alike is not None:
        copies = duplicates.find(surveys, alike)
    settled, left_out = splits.settle(
        clips + absent,
        copies,
        known,
        alike.action if alike else "tie",
        request.splits,
        lambda clip: len(
            clip_cutting.cut(clip, request.cut, surveys.get(clip.path))
        ),
    )
    clips, too_short = clip_cutting.cut_all(
        [clip for clip in settled if not clip.absent], request.cut, surveys
    )
    dropped = [
        shard_journal.Outcome(clip, "dropped", reason)
        for clip, reason in left_out + too_short
    ]
    dropped += [
        shard_journal.Outcome(clip, "missing", clip.absent)
        for clip in settled
        if clip.absent
    ]
    return clips, dropped, _told_copies(copies)


def _told_copies(groups: duplicates.Groups) -> dict[str, str]:
    return {
        path: f"same as {group[path == group[0]]}"
        + (f" and {len(group) - 2} more" if len(group) > 2 else "")
        for group in groups
        for path in group
    }


def _standing(request: Request, replace: bool) -> manifest.Manifest | None:
    """The data set that this build continues, if one stands there."""
    path = pathlib.Path(request.output) / manifest.FILE_NAME
    output = pathlib.Path(os.path.realpath(request.output))
    inside = os.path.isdir(request.input) and output.is_relative_to(
        os.path.realpath(request.input)
    )
    if inside or output == pathlib.Path(os.path.realpath(request.root)):
        raise errors.UserError(
            f"--output={request.output} is in the folder of the videos, where "
            "the next build would take shards for videos: choose another one"
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
            f"{error}; add --replace to build over it, which numbers the "
            "labels anew"
        ) from error
    found, wanted = old.settings.get("source", {}), request.recorded()["source"]
    if _compared(found) != _compared(wanted):
        raise errors.UserError(
            f"{request.output} holds the data set of {_told(found)}, wanted "
            f"is that of {_told(wanted)}: choose another --output, or add "
            "--replace"
        )
    return old


def _refuse_strangers(output: pathlib.Path) -> None:
    """Raises UserError where a build would overwrite what is not its own."""
    inside = os.listdir(output) if os.path.isdir(output) else []
    found = [
        name
        for name in sorted(inside)
        if shard_plan.NAME.fullmatch(name) or name == output_folder.REPORT
    ]
    if found:
        raise errors.UserError(
            f"{output} holds {found[0]} but no {manifest.FILE_NAME}: choose "
            "another --output, or add --replace to overwrite it"
        )


def _compared(source: dict[str, str]) -> dict[str, str]:
    return {key: names.normalized(value) for key, value in source.items()}


def _told(source: dict[str, str]) -> str:
    flags = {"source": source.get("name"), **source}
    return " ".join(f"--{n}={v}" for n, v in flags.items() if n != "name")
