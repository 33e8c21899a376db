"""Plans a build: the clips and shards that a request means.

All faulty rows are known before any work starts. Videos are opened only if
the request needs it: to cut them, or to find copies.
"""

import dataclasses
import hashlib
import json
import pathlib

from tfrecords_tools import (
    annotations,
    labels,
    output_folder,
    schema,
    shard_plan,
)
from tfrecords_tools.base import (
    atomic_write,
    errors,
    versions,
)
from tfrecords_tools.base.text import printable
from tfrecords_tools.building import (
    build_report,
    build_request,
    shard_journal,
    standing_data_set,
)
from tfrecords_tools.media import image_folder
from tfrecords_tools.source_parsing import source_clips
from tfrecords_tools.splitting import split_shares, splits
from tfrecords_tools.text import vocabulary
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


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A request with its checked clips and their shards.

    Attributes:
        request: what to build.
        clips: to write.
        dropped: outcomes of clips that are not written: copies, too short.
        copies: path to text about its copies, for the report.
        shards: assignment of clips to shards.
        labels: a label's id is its place.
        tasks: the same for each further label set.
        vocabulary: words of the training split.
    """

    request: build_request.Request
    clips: list[annotations.Clip]
    dropped: list[shard_journal.Outcome]
    copies: dict[str, str]
    shards: list[shard_plan.Planned]
    labels: tuple[str, ...]
    tasks: dict[str, tuple[str, ...]]
    vocabulary: tuple[str, ...]

    @property
    def contents(self) -> schema.Contents:
        """Contents of the records."""
        request = self.request
        extras = ["waveform"] if request.audio.rate else []
        extras += ["voice"] if request.audio.voice else []
        extras += ["captions"] if any(c.captions for c in self.clips) else []
        extras += ["questions"] if any(c.questions for c in self.clips) else []
        words = any(clip.words for clip in self.clips)
        extras += ["words"] if words else []
        return schema.Contents(tuple(self.tasks), tuple(extras))

    @property
    def recipe(self) -> str:
        """Digest of everything a shard's bytes depend on except its clips."""
        known = {
            "settings": self.request.recorded(),
            "labels": self.labels,
            "contents": dataclasses.asdict(self.contents),
            "tasks": self.tasks,
            "versions": [schema.VERSION, *versions.list_versions(_MADE_BY)],
        }
        text = json.dumps(known, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def prepare(
    request: build_request.Request, replace: bool = False, workers: int = 1
) -> Prepared:
    """Lists and checks all clips.

    Args:
        request: what to build.
        replace: whether another data set may be overwritten.
        workers: processes that survey videos.

    Raises:
        UserError: the output holds another data set, or rows are faulty.
    """
    old = standing_data_set.find(request, replace)
    request.media.check_chunk(request.shards.chunk_frames)
    split_shares.whole(request.splits)  # Before videos are surveyed.
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
            f"{dropped[0].reason}, and the others likewise"
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
    request: build_request.Request,
    clips: list[annotations.Clip],
    absent: list[annotations.Clip],
    known: dict[str, str],
    workers: int,
) -> tuple[list[annotations.Clip], list[shard_journal.Outcome], dict]:
    """Cuts the rows and assigns splits; surveys videos if necessary.

    Returns:
        The clips to write, outcomes of the others, and path to text about
        copies, for the report.
    """
    alike = request.duplicates
    needs = video_survey.collect_needs(request.cut, alike is not None)
    surveys, copies = {}, ()
    if needs:
        surveys = survey_run.survey_all(
            {
                clip.path: image_folder.path_of(
                    request.root, clip.path, clip.frame_rate
                )
                for clip in sorted(clips, key=lambda clip: clip.path)
            },
            needs,
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
    return clips, dropped, _copies_text(copies)


def _copies_text(groups: duplicates.Groups) -> dict[str, str]:
    return {
        path: f"same as {group[path == group[0]]}"
        + (f" and {len(group) - 2} more" if len(group) > 2 else "")
        for group in groups
        for path in group
    }
