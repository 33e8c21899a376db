"""Videos with transcripts: word timings or subtitles.

The text of `s1/a.mpg` has the same stem: `a.align` (lines of start, end and
word, as in the GRID corpus, doi:10.1121/1.2229005), `a.srt`, `.vtt`, `.ass`
or `.ssa`, or with a language, `a.en.srt`. It is beside the video, in a sibling
folder or subfolder, or in the folder --transcripts.texts.
"""

import bisect
import dataclasses
import os
import pathlib
import sys
from collections.abc import Iterator

from tfrecords_tools import annotations
from tfrecords_tools.base import errors, settings
from tfrecords_tools.base.files import folder_files
from tfrecords_tools.base.text import names, printable
from tfrecords_tools.media import video_names
from tfrecords_tools.source_parsing import (
    annotation_text,
    odd_names,
    paired_texts,
    timed_text,
)

_SHOWN = 5


@dataclasses.dataclass(frozen=True)
class Config:
    """Where the texts are, and what becomes a clip."""

    texts: str | None = settings.setting(
        None,
        "Folder with the texts, with or without the subfolders of the "
        "videos. Unset: beside each video, else in sibling folders and "
        "subfolders.",
        any_name=True,
    )
    clips: str = settings.setting(
        "video",
        "What becomes a clip. video: the whole video, with the whole text "
        "as its caption; sentence: each sentence, with its time (an .align "
        "file is one sentence).",
        choices=("video", "sentence"),
    )
    language: str = settings.setting(
        "",
        "Language code of the texts: en reads a.en.srt. Unset: a.srt, or "
        "the only text.",
    )
    encoding: str = settings.setting(
        "utf-8", "Character encoding of the texts, such as cp1252."
    )
    align_rate: int = settings.setting(
        25_000, "Time units per second in .align files.", minimum=1
    )


def list_clips(config: Config, input: str) -> list[annotations.Clip]:
    """Pairs videos with texts and reads the texts.

    Skips videos without a text, and texts without a video, with a note on
    standard error.

    Args:
        config: location of the texts, and what a clip is.
        input: the folder of the videos.

    Returns:
        Clips sorted by path and time, with the words of their span; then
        unreadable files, with the reason in `absent`.

    Raises:
        UserError: texts are damaged, or videos have several (lists all of
            them); or no video has one.
    """
    _check(config, input)
    faults: list[str] = []
    listing = folder_files.listed(input)
    videos = _videos(config, input, listing.files)
    texts = paired_texts.PairedTexts(
        config.texts or input,
        None if config.texts else videos,
        timed_text.SUFFIXES,
        config.language,
    )
    clips, silent = [], []
    for video in videos:
        try:
            text = texts.find(video)
        except ValueError as error:
            faults.append(
                f"{error}: choose with --transcripts.language or "
                "--transcripts.texts"
            )
            continue
        if text is None:
            silent.append(video.as_posix())
            continue
        words = timed_text.read(
            texts.root / text,
            faults,
            text.as_posix(),
            config.encoding,
            config.align_rate,
        )
        by_word = text.suffix.lower() == ".align"
        clips += _clips(config, video.as_posix(), text, words, by_word)
    annotation_text.raise_all(faults)
    if len(silent) == len(videos):
        raise errors.UserError(
            f"--input={input}: none of the {len(videos)} videos has a text "
            f"in {texts.root}: wanted the same name and one of "
            f"{', '.join(timed_text.SUFFIXES)}; set their folder with "
            "--transcripts.texts=FOLDER"
        )
    _tell("videos have no text", silent)
    _tell("texts have no video", texts.left_over())
    return clips + [
        annotations.Clip(name, origin=name, absent=reason)
        for name, reason in (
            (folder_files.printable(path), reason)
            for path, reason in listing.unusable.items()
        )
    ]


def _videos(
    config: Config, input: str, files: list[pathlib.PurePath]
) -> list[pathlib.PurePath]:
    """Lists the videos; opens other files only if a text matches."""
    videos = [path for path in files if video_names.is_likely(path.name)]
    known = {names.normalized(path.stem) for path in videos}
    waiting = {
        names.normalized(stem)
        for path in folder_files.below(config.texts or input)
        if path.suffix.lower() in timed_text.SUFFIXES
        for stem in (path.stem, pathlib.PurePath(path.stem).stem)
    } - known
    with odd_names.Opener(input) as opener:
        odd = [
            path
            for path in files
            if path.suffix.lower() not in timed_text.SUFFIXES
            and names.normalized(path.stem) in waiting
            and opener.is_video(path)
        ]
    return sorted(videos + odd)


def _check(config: Config, input: str) -> None:
    for flag, folder in (
        ("input", input),
        ("transcripts.texts", config.texts or input),
    ):
        if not os.path.isdir(folder):
            raise errors.UserError(f"--{flag}={folder}: wanted a folder")
    try:
        "text".encode(config.encoding)
    except LookupError as error:
        raise errors.UserError(
            f"--transcripts.encoding={config.encoding}: unknown "
            "encoding; wanted one such as utf-8, cp1252 or utf-16"
        ) from error


def _clips(
    config: Config,
    video: str,
    text: pathlib.PurePath,
    words: tuple[annotations.Word, ...],
    by_word: bool,
) -> list[annotations.Clip]:
    whole = " ".join(word.text for word in words)
    origin = text.as_posix()
    if config.clips == "video":
        return [
            annotations.Clip(video, caption=whole, words=words, origin=origin)
        ]
    if by_word and words:
        start, end = words[0].start_seconds, words[-1].end_seconds
        sentences = (annotations.Word(whole, start, end),)
    else:
        sentences = words
    return [
        annotations.spanned(
            annotations.Clip(
                video, caption=sentence.text, words=near, origin=origin
            ),
            sentence.start_seconds,
            sentence.end_seconds,
        )
        for sentence, near in _with_words(sentences, words)
    ]


def _with_words(
    sentences: tuple[annotations.Word, ...],
    words: tuple[annotations.Word, ...],
) -> Iterator[tuple[annotations.Word, tuple[annotations.Word, ...]]]:
    """Returns each sentence and the words that may be within it.

    Sentences with all words of their video would make a long video cost the
    square of its length.
    """
    starts = [word.start_seconds for word in words]
    longest = max((w.end_seconds - w.start_seconds for w in words), default=0)
    for sentence in sentences:
        first = bisect.bisect_left(starts, sentence.start_seconds - longest)
        last = bisect.bisect_left(starts, sentence.end_seconds)
        yield sentence, words[first:last]


def _tell(what: str, names: list[str]) -> None:
    if names:
        shown = ", ".join(map(printable.name, names[:_SHOWN]))
        more = f" and {len(names) - _SHOWN} more" if names[_SHOWN:] else ""
        print(
            f"transcripts: {len(names)} {what}, left out: {shown}{more}",
            file=sys.stderr,
        )
