"""Reads timed words and sentences: .align files and subtitles.

Faults have file and line. Subtitles without a duration are skipped.
"""

import html
import os
import re
from collections.abc import Callable

import pysubs2

from tfrecords_tools import annotations
from tfrecords_tools.source_parsing import annotation_text

SUFFIXES = (".align", ".srt", ".vtt", ".ass", ".ssa")
_SILENCE = ("sil", "sp")
# Times within a cue, one per word, as in automatic captions.
_INNER_TIME = re.compile(r"<[\d:.]+>")
_STAMPS = {
    ".srt": r"\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}",
    ".vtt": r"(?:\d{0,4}:)?\d{2}:\d{2}\.\d{2,3}",
    ".ass": r"\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}",
}
_EVENTS = ("Dialogue:", "Comment:")
_STAMPS[".ssa"] = _STAMPS[".ass"]

# pysubs2 takes a number at the end of a text for the number of the next
# subtitle, even if it is spoken.
_NEXT = ("", "0")

Line = annotation_text.Line


def read(
    path: str | os.PathLike,
    faults: list[str],
    name: str,
    encoding: str = "utf-8",
    ticks: int = 25_000,
) -> tuple[annotations.Word, ...]:
    """Reads one file in the format of its suffix.

    Args:
        path: a file with one of `SUFFIXES`.
        faults: receives a message for each unreadable line.
        name: of the file in messages.
        encoding: character encoding.
        ticks: time units per second of an .align file; the GRID corpus
            counts samples of audio at 25 kHz (Cooke et al., 2006).

    Returns:
        Words of an .align file without `sil` and `sp`, or sentences of
        subtitles without markup, one line each; in order of time.
    """
    before = len(faults)
    lines = annotation_text.read_lines(path, faults, encoding, name)
    if len(faults) > before:
        return ()
    if not lines:
        faults.append(f"{name}:1: the file is empty")
        return ()
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".align":
        found = _align(lines, faults, ticks)
    else:
        found = _subtitles(lines, suffix, faults)
    return tuple(sorted(found, key=lambda word: word[1:]))


def _align(
    lines: list[Line], faults: list[str], ticks: int
) -> list[annotations.Word]:
    found, last = [], 0
    for text, origin in lines:
        parts = text.split()
        if len(parts) != 3 or not all(part.isdecimal() for part in parts[:2]):
            faults.append(f"{origin}: {text!r}: wanted start, end and a word")
            continue
        start, end = int(parts[0]), int(parts[1])
        if not last <= start < end:
            faults.append(
                f"{origin}: {start} to {end} does not follow {last}, where "
                "the previous line ends"
            )
            continue
        last = end
        if parts[2] not in _SILENCE:
            found.append(annotations.Word(parts[2], start / ticks, end / ticks))
    return found


def _subtitles(
    lines: list[Line], suffix: str, faults: list[str]
) -> list[annotations.Word]:
    before = len(faults)
    text, places = _PREPARED[suffix](lines, re.compile(_STAMPS[suffix]), faults)
    if len(faults) > before:
        return []
    # Finds the same cues as above, line by line.
    events = pysubs2.SSAFile.from_string(text, suffix[1:]).events
    found = []
    for event, origin in zip(events, places, strict=True):
        if event.end < event.start or event.start < 0:
            faults.append(
                f"{origin}: {event.start / 1000:g} s to {event.end / 1000:g} "
                "s is no valid span"
            )
        said = html.unescape(event.plaintext) if suffix == ".vtt" else ""
        said = " ".join((said or event.plaintext).split())
        hidden = event.is_comment or event.is_drawing or not said
        if not hidden and event.start < event.end:
            found.append(
                annotations.Word(said, event.start / 1000, event.end / 1000)
            )
    return found


# The text for pysubs2, and the line of the times of each event.
_Prepared = tuple[str, list[str]]


def _number(line: Line) -> int:
    return int(line.origin.rpartition(":")[2])


def _time_fault(line: Line, example: str) -> str:
    return (
        f"{line.origin}: {line.text!r}: wanted a line of times as in {example}"
    )


def _srt(lines: list[Line], stamp: re.Pattern, faults: list[str]) -> _Prepared:
    texts, places = [], []
    for line in lines:
        texts += [""] * (_number(line) - len(texts) - 1) + [line.text]
        times = len(stamp.findall(line.text))
        if "-->" in line.text and times == 2:
            places.append(line.origin)
        elif "-->" in line.text or times == 2:
            faults.append(_time_fault(line, "00:00:01,000 --> 00:00:02,500"))
    if not places:
        faults.append(f"{lines[0].origin}: the file has no subtitle")
    return "\n".join([*texts, *_NEXT]), places


def _vtt(lines: list[Line], stamp: re.Pattern, faults: list[str]) -> _Prepared:
    """Keeps only cues: no header, notes, styles and names of cues."""
    if not lines[0].text.startswith("WEBVTT"):
        faults.append(f"{lines[0].origin}: wanted WEBVTT in the first line")
    texts, places, inside, number = [], [], False, 0
    for line in lines:
        before, number = number, _number(line)
        if number > before + 1:  # Empty lines end a cue.
            inside = False
        if "-->" in line.text:
            inside = True
            places.append(line.origin)
            texts += [*_NEXT, line.text]
            if len(stamp.findall(line.text)) != 2:
                faults.append(_time_fault(line, "00:01.000 --> 00:02.500"))
        elif inside:
            texts.append(_INNER_TIME.sub("", line.text))
            if len(stamp.findall(texts[-1])) == 2:
                faults.append(_time_fault(line, "00:01.000 --> 00:02.500"))
    return "\n".join([*texts, *_NEXT]), places


def _ass(lines: list[Line], stamp: re.Pattern, faults: list[str]) -> _Prepared:
    """Keeps only events, so that nothing else can be mistaken for one."""
    texts, places, section = ["[Events]"], [], ""
    for line in lines:
        text = line.text.strip()
        if text.startswith("[") and text.endswith("]"):
            section = text
        if section != "[Events]" or not text.startswith(_EVENTS):
            continue
        texts.append(text)
        places.append(line.origin)
        cells = text.partition(":")[2].split(",", 9)
        times = [stamp.fullmatch(cell.strip()) for cell in cells[1:3]]
        if len(cells) < 10 or not all(times):
            faults.append(
                f"{line.origin}: {text!r}: wanted ten cells, the second "
                "and third of them times as in 0:00:01.00"
            )
    if not places:
        faults.append(f"{lines[0].origin}: the file has no [Events]")
    return "\n".join(texts), places


_PREPARED: dict[str, Callable[..., _Prepared]] = {
    ".srt": _srt,
    ".vtt": _vtt,
    ".ass": _ass,
    ".ssa": _ass,
}
