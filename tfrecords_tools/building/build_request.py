"""The request of a build: source, output, and the settings of every step."""

import dataclasses
import os
import pathlib
from typing import Any

from tfrecords_tools import shard_plan
from tfrecords_tools.base import isolated, registry, settings
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import reader
from tfrecords_tools.media.audio import audio_reader
from tfrecords_tools.source_parsing import video_root as video_roots
from tfrecords_tools.splitting import split_shares
from tfrecords_tools.text import text_cleaning, vocabulary
from tfrecords_tools.video_analysis import duplicates

_CUT = registry.choose("tfrecords_tools.cutting", "annotated")
_LOCAL = registry.choose("tfrecords_tools.engines", "local")


@dataclasses.dataclass(frozen=True)
class Request:
    """What to build.

    Attributes:
        source: a file of `tfrecords_tools.sources` and its settings.
        input: what that source reads.
        output: folder for the shards.
        video_root: folder that paths are relative to; None: `input` if that
            is a folder, else its parent.
        media: how frames are picked and stored.
        shards: how clips are distributed.
        splits: sizes of drawn splits.
        audio: which audio is stored, if any.
        text: how captions and words are cleaned.
        words: vocabulary to store.
        cut: a file of `tfrecords_tools.cutting`.
        cleaning: files of `tfrecords_tools.cleaning`.
        engine: a file of `tfrecords_tools.engines`; the bytes do not
            depend on it.
        limits: per file.
        files: which files may be read, and how rows without one are handled.
    """

    source: registry.Chosen
    input: str
    output: str
    video_root: str | None = None
    media: reader.Config = reader.Config()
    shards: shard_plan.Config = shard_plan.Config()
    splits: split_shares.Config = split_shares.Config()
    audio: audio_reader.Config = audio_reader.Config()
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
        """Settings of the search for copies; None without it."""
        for step in self.cleaning:
            if step.name == "duplicates":
                return step.config
        return None

    def recorded(self) -> dict[str, Any]:
        """Returns the settings of this request for the manifest."""
        section = self.source.module.SECTION or self.source.name
        # Older data sets have no such sections.
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
            "sound": settings.to_dict(self.audio),
            "text": settings.to_dict(self.text),
            "words": settings.to_dict(self.words),
            "limits": settings.to_dict(self.limits),
            "cut": {"name": self.cut.name, **settings.to_dict(self.cut.config)},
            "clean": {
                step.name: settings.to_dict(step.config)
                for step in self.cleaning
            },
        }
