"""The HTML page of an inspection: every case with frames of its clips."""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from launch.embedding import labelled_clips
from launch.inspection import findings as inspections
from launch.inspection import inspection_notes
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import atomic_write
from tfrecords_tools.checking.report import (
    clip_strip,
    report_document,
    report_html,
)

_HEIGHT = 72  # Pixels of an image.
_OF_CLUSTER = 8  # Clips of a cluster shown.


def write(
    path: str | os.PathLike,
    folder: str,
    clips: labelled_clips.LabelledClips,
    findings: inspections.Findings,
    encoder: str,
    most: int,
    is_trained: bool = False,
    confidence: float = inspections.Config.confidence,
) -> None:
    """Writes the page whole or not at all.

    Args:
        path: the HTML file.
        folder: of the shards.
        clips: that were inspected.
        findings: about them.
        encoder: its name.
        most: cases of each list shown.
        is_trained: whether the encoder was trained by launch.train.
        confidence: threshold of label errors.

    Raises:
        UserError: it cannot be written.
    """
    page = _Page(folder, clips, most)
    pieces = report_document.page(
        f"{os.path.basename(os.path.abspath(folder))}: inspection",
        "Inspection",
        f"{len(clips.clips)} clips of {folder}, by {encoder}",
        page.body(findings, is_trained, confidence),
    )
    with atomic_write.file(path, "w") as stream:
        for piece in pieces:
            stream.write(piece)


class _Page:
    def __init__(
        self, folder: str, clips: labelled_clips.LabelledClips, most: int
    ):
        self._folder, self._clips, self._most = folder, clips, most
        self._manifest = manifests.read(folder)

    def body(
        self,
        findings: inspections.Findings,
        is_trained: bool,
        confidence: float,
    ) -> report_html.Pieces:
        yield '<div class="tiles">'
        for what, count in findings.counts.items():
            number = report_html.number(count)
            yield f'<div class="tile"><b>{number}</b><span>{what}</span></div>'
        yield "</div>\n"
        for note in inspection_notes.lines(findings, is_trained):
            yield f'<p class="note">{report_html.text(note)}</p>\n'
        name = self._name
        yield from self._section(
            "Probable label errors",
            "Another label is more probable, and at least "
            f"{confidence:g} times as probable as on average for clips that "
            "have it; judged without the clip's own group.",
            findings.suspects,
            lambda each: (
                [each.place],
                f"given {name(each.given)} ({each.given_probability:.2f}), "
                f"probably <b>{name(each.suggested)}</b> "
                f"({each.probability:.2f})",
            ),
        )
        yield from self._section(
            "Near-duplicates with different labels",
            "Distances are in units of the usual distance of a clip to its "
            "nearest neighbour.",
            findings.pairs,
            lambda each: (each.places, f"distance {each.distance:.2f}"),
        )
        yield from self._section(
            "Outliers",
            "Clips that resemble no clip of another group.",
            findings.outliers,
            lambda each: ([each.place], f"{each.deviations:.1f} deviations"),
        )
        yield from self._section(
            "Clusters without a label",
            "Clips without a label that resemble one another.",
            findings.clusters,
            lambda each: (
                each.places[:_OF_CLUSTER],
                f"{len(each.places)} clips"
                + (f", near {name(each.nearest)}" * (each.nearest >= 0)),
            ),
        )

    def _name(self, label: int) -> str:
        if label < 0:
            return "no label"
        return report_html.text(self._clips.names[label])

    def _section(
        self,
        title: str,
        note: str,
        cases: Sequence[Any],
        shown: Callable[[Any], tuple[Sequence[int], str]],
    ) -> report_html.Pieces:
        if not cases:
            yield from report_html.section(title, ["<p>None.</p>"])
            return
        if len(cases) > self._most:
            note += f" The first {self._most} of {len(cases)}."
        yield from report_html.section(title, self._cases(cases, shown), note)

    def _cases(
        self,
        cases: Sequence[Any],
        shown: Callable[[Any], tuple[Sequence[int], str]],
    ) -> Iterable[str]:
        yield '<div class="sheets">\n'
        for each in cases[: self._most]:
            places, text = shown(each)
            yield f'<div class="sheet"><h3>{text}</h3><div class="clips">\n'
            for place in places:
                yield from self._figure(place)
            yield "</div></div>\n"
        yield "</div>\n"

    def _figure(self, place: int) -> report_html.Pieces:
        clip = self._clips.clips[place]
        caption = (
            f"{self._name(int(self._clips.labels[place]))}<br>"
            f"{report_html.text(clip.place.path)}<br>"
            f"{report_html.text(clip.place.split)} {clip.place.number}, "
            f"{clip.start_seconds:.1f} to {clip.end_seconds:.1f} s"
        )
        return clip_strip.figure(
            lambda: clip_strip.stored_images(
                self._folder, self._manifest, clip.place, _HEIGHT
            ),
            caption,
        )
